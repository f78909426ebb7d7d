using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Secret. Its bytes never reach a finding, a log or a status.</summary>
internal sealed record SecretResource : Resource
{
    public string Type { get; init => field = value ?? "Opaque"; } = "Opaque";

    public IReadOnlyDictionary<string, string> Data { get; init => field = value ?? Empty; } = Empty;

    public IReadOnlyDictionary<string, string> StringData { get; init => field = value ?? Empty; } = Empty;

    [JsonIgnore]
    public override string KindName => Kinds.Secret;

    [JsonIgnore]
    public override string GroupName => Groups.Core;

    private static readonly ImmutableDictionary<string, string> Empty =
        ImmutableDictionary<string, string>.Empty;

    /// <summary>The name alone.</summary>
    public override string ToString() => $"{Key} [redacted]";
}
