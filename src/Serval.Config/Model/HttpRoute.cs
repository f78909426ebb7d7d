using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Config.Model;

/// <summary>An HTTPRoute resolved against its parents: where it is attached, and its ordered rules.</summary>
public sealed record HttpRoute
{
    /// <summary><c>namespace/name</c>; unique, and the last tie-breaker of precedence.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Creation time, Unix milliseconds; older routes win ties. 0 when the source states none.
    /// </summary>
    public long CreatedAtMs { get; init; }

    /// <summary>The listeners it is attached to, with the hostnames that are valid on each.</summary>
    public ImmutableArray<Attachment> Attachments { get; init; } = [];

    /// <summary>Rules in their written order.</summary>
    public ImmutableArray<HttpRule> Rules { get; init; } = [];

    /// <summary>The clusters that its requests may go to, in their written order.</summary>
    public IEnumerable<string> NamedClusters() =>
        Rules.OrEmpty().SelectMany(rule => rule.NamedClusters());
}
