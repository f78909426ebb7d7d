using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>
/// What a role serves and how it is, as <c>GET /status</c> answers it: the source of <c>serval status</c> and
/// of the status page. Bound: <see cref="ObjectsMax"/> objects of each kind.
/// </summary>
/// <param name="role">The verb that runs.</param>
/// <param name="live">The snapshot that is live.</param>
/// <param name="findings">What is wrong now.</param>
/// <param name="notReady">Why it is not ready.</param>
/// <param name="router">Its data plane; null where it has none.</param>
internal sealed class RouterStatus(
    string role, Func<Snapshot?> live, Func<ImmutableArray<Finding>> findings, Func<string?> notReady,
    Router? router)
{
    /// <summary>Objects of one kind that are listed; <c>isTruncated</c> says that there are more.</summary>
    public const int ObjectsMax = 5_000;

    /// <summary>Writes it as JSON. Any thread.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        Snapshot? snapshot = live();
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            WriteProcess(json, snapshot);
            if (snapshot is not null)
            {
                WriteListeners(json, snapshot);
                WriteRoutes(json, snapshot);
                WriteClusters(json, snapshot);
            }
            FindingJson.Write(json, findings());
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        return text.WrittenMemory;
    }

    private void WriteProcess(Utf8JsonWriter json, Snapshot? snapshot)
    {
        json.WriteString("role", role);
        json.WriteString("version", RouterRole.Version);
        json.WriteNumber("uptimeSeconds", Math.Floor(
            (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds));
        string? reason = notReady();
        json.WriteBoolean("isReady", reason is null);
        json.WriteString("notReadyReason", reason ?? "");
        json.WriteString("snapshot", snapshot?.Version ?? "");
        if (router is not null)
            json.WriteNumber("snapshotAgeSeconds", Math.Floor(router.LiveForSeconds));
        json.WriteBoolean("isTruncated", snapshot is not null
            && (snapshot.Listeners.Length > ObjectsMax || snapshot.Clusters.Length > ObjectsMax
                || snapshot.Routes.Length + snapshot.TlsRoutes.Length > ObjectsMax));
    }

    private void WriteListeners(Utf8JsonWriter json, Snapshot snapshot)
    {
        Dictionary<string, bool> up = new(StringComparer.Ordinal);
        foreach ((string name, bool isUp) in router?.Listeners ?? [])
            up[name] = isUp;
        ILookup<string, string> routes = snapshot.Routes
            .SelectMany(route => route.Attachments.Select(
                attachment => (attachment.Listener, "h" + route.Name)))
            .Concat(snapshot.TlsRoutes.SelectMany(
                route => route.Attachments.Select(attachment => (attachment.Listener, "t" + route.Name))))
            .ToLookup(pair => pair.Listener, pair => pair.Item2, StringComparer.Ordinal);
        json.WriteStartArray("listeners");
        foreach (Listener listener in snapshot.Listeners.Take(ObjectsMax))
        {
            json.WriteStartObject();
            json.WriteString("name", listener.Name);
            WriteStrings(json, "addresses", listener.Addresses);
            json.WriteNumber("port", listener.Port);
            json.WriteString("protocol", listener.Protocol.ToString().ToUpperInvariant());
            json.WriteString("hostname", listener.Hostname ?? "*");
            if (up.TryGetValue(listener.Name, out bool isUp))
                json.WriteBoolean("isUp", isUp);
            json.WriteNumber("routes", routes[listener.Name].Distinct().Count());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // A TLSRoute has one rule.
    private static void WriteRoutes(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteStartArray("routes");
        foreach (HttpRoute route in snapshot.Routes.Take(ObjectsMax))
        {
            WriteRoute(
                json, route.Name, "HTTPRoute", route.Attachments, route.Rules.Length,
                route.Rules.SelectMany(rule => rule.Backends));
        }
        foreach (TlsRoute route in snapshot.TlsRoutes.Take(ObjectsMax - Math.Min(
            snapshot.Routes.Length, ObjectsMax)))
        {
            WriteRoute(json, route.Name, "TLSRoute", route.Attachments, 1, route.Backends);
        }
        json.WriteEndArray();
    }

    private static void WriteRoute(
        Utf8JsonWriter json, string name, string kind, ImmutableArray<Attachment> attachments, int rules,
        IEnumerable<WeightedCluster> backends)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("kind", kind);
        WriteStrings(json, "hostnames", attachments
            .SelectMany(attachment => attachment.Hostnames.IsEmpty ? ["*"] : attachment.Hostnames)
            .Distinct());
        WriteStrings(json, "listeners", attachments.Select(attachment => attachment.Listener));
        json.WriteNumber("rules", rules);
        WriteStrings(
            json, "clusters", backends.Select(backend => backend.Cluster).OfType<string>().Distinct());
        json.WriteEndObject();
    }

    private void WriteClusters(Utf8JsonWriter json, Snapshot snapshot)
    {
        IReadOnlySet<string> ejected = router?.EjectedEndpoints ?? ImmutableHashSet<string>.Empty;
        Dictionary<string, EndpointSet> sets = snapshot.EndpointSets.ToDictionary(set => set.Cluster);
        json.WriteStartArray("clusters");
        foreach (Cluster cluster in snapshot.Clusters.Take(ObjectsMax))
        {
            json.WriteStartObject();
            json.WriteString("name", cluster.Name);
            json.WriteStartArray("endpoints");
            if (sets.TryGetValue(cluster.Name, out EndpointSet? set))
            {
                foreach (Endpoint endpoint in set.Endpoints)
                    WriteEndpoint(json, endpoint, isFallback: false, ejected);
                foreach (Endpoint endpoint in set.Fallback)
                    WriteEndpoint(json, endpoint, isFallback: true, ejected);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteEndpoint(
        Utf8JsonWriter json, Endpoint endpoint, bool isFallback, IReadOnlySet<string> ejected)
    {
        string host = endpoint.Address.Contains(':', StringComparison.Ordinal)
            ? $"[{endpoint.Address}]"
            : endpoint.Address;
        string address = string.Create(CultureInfo.InvariantCulture, $"{host}:{endpoint.Port}");
        json.WriteStartObject();
        json.WriteString("address", address);
        json.WriteString("health", ejected.Contains(address) ? "ejected" : "healthy");
        json.WriteBoolean("isFallback", isFallback);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
