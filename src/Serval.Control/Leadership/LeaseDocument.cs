using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serval.Control.Leadership;

/// <summary>
/// A Lease as JSON, so that a write keeps what others have put there. Missing fields, an empty specification
/// included, read as a lease that nobody holds.
/// </summary>
internal sealed class LeaseDocument
{
    private const string MicroTime = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private readonly JsonObject _root;

    private LeaseDocument(JsonObject root) => _root = root;

    /// <summary>Who holds it; empty when nobody does.</summary>
    public string Holder => Text(Spec, "holderIdentity");

    /// <summary>How long it is valid after a renewal; 0 when it does not say.</summary>
    public int DurationSeconds =>
        Spec?["leaseDurationSeconds"] is JsonValue value && value.TryGetValue(out int seconds) ? seconds : 0;

    /// <summary>
    /// Unix microseconds of the last acquisition: larger with every new leader, also after the Lease was
    /// deleted. 0 when it was never acquired.
    /// </summary>
    public long Epoch => DateTimeOffset.TryParse(
        Text(Spec, "acquireTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
        out DateTimeOffset acquired)
        ? (acquired - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond
        : 0;

    /// <summary>What changes with every write; opaque.</summary>
    public string ResourceVersion => Text(_root["metadata"] as JsonObject, "resourceVersion");

    private JsonObject? Spec => _root["spec"] as JsonObject;

    /// <summary>Reads what the API server sent.</summary>
    /// <exception cref="JsonException">It is not an object.</exception>
    public static LeaseDocument Read(ReadOnlyMemory<byte> json) =>
        new(JsonNode.Parse(json.Span) as JsonObject ?? throw new JsonException("Expected a Lease."));

    /// <summary>A Lease that does not exist yet.</summary>
    public static LeaseDocument Create(LeaseOptions options) => new(new JsonObject
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = options.Name, ["namespace"] = options.Namespace },
    });

    /// <summary>The same, held by <paramref name="holder"/> from now on.</summary>
    public LeaseDocument Acquire(string holder, int seconds, DateTimeOffset now)
    {
        // A clock that lags behind the last leader's must not make the epoch smaller.
        DateTimeOffset last = DateTimeOffset.UnixEpoch.AddTicks(Epoch * TimeSpan.TicksPerMicrosecond);
        DateTimeOffset acquired = now > last ? now : last.AddMicroseconds(1);
        int transitions = Spec?["leaseTransitions"] is JsonValue value && value.TryGetValue(out int count)
            ? count
            : 0;
        return With(spec =>
        {
            spec["holderIdentity"] = holder;
            spec["leaseDurationSeconds"] = seconds;
            spec["acquireTime"] = Format(acquired);
            spec["renewTime"] = Format(now);
            spec["leaseTransitions"] = transitions + 1;
        });
    }

    /// <summary>The same, renewed now.</summary>
    public LeaseDocument Renew(int seconds, DateTimeOffset now) => With(spec =>
    {
        spec["leaseDurationSeconds"] = seconds;
        spec["renewTime"] = Format(now);
    });

    /// <summary>The same, held by nobody: the next replica need not wait.</summary>
    public LeaseDocument Release(DateTimeOffset now) => With(spec =>
    {
        spec["holderIdentity"] = "";
        spec["leaseDurationSeconds"] = 1;
        spec["renewTime"] = Format(now);
    });

    /// <summary>As the API server takes it.</summary>
    public byte[] Write() => System.Text.Encoding.UTF8.GetBytes(_root.ToJsonString());

    private LeaseDocument With(Action<JsonObject> change)
    {
        JsonObject copy = (JsonObject)_root.DeepClone();
        if (copy["spec"] is not JsonObject spec)
            copy["spec"] = spec = [];
        change(spec);
        return new LeaseDocument(copy);
    }

    private static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);

    private static string Text(JsonObject? owner, string name) =>
        owner?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
