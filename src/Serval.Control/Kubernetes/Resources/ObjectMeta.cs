using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Who an object is.</summary>
internal sealed record ObjectMeta
{
    public string Name { get; init => field = value ?? ""; } = "";

    public string Namespace { get; init => field = value ?? ""; } = "";

    public string Uid { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// Compared for equality only. Of objects from files: the hash of what the file says about the object.
    /// </summary>
    public string ResourceVersion { get; init => field = value ?? ""; } = "";

    public long Generation { get; init; }

    public string? CreationTimestamp { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init => field = value ?? Empty; } = Empty;

    public IReadOnlyDictionary<string, string> Annotations { get; init => field = value ?? Empty; } = Empty;

    /// <summary>Unix milliseconds; 0 when the source states none, as files do.</summary>
    [JsonIgnore]
    public long CreatedAtMs => TryParseTime(CreationTimestamp, out DateTimeOffset time)
        ? Math.Max(0, time.ToUnixTimeMilliseconds())
        : 0;

    private static readonly ImmutableDictionary<string, string> Empty =
        ImmutableDictionary<string, string>.Empty;

    public static bool TryParseTime(string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text,
        ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
        CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal,
        out time);
}
