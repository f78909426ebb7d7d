using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Config.Model;

/// <summary>
/// One rule of a route: any of its matches selects it; filters apply, then a backend is chosen.
/// </summary>
public sealed record HttpRule
{
    /// <summary>The rule's own name, if it was given one.</summary>
    public string? Name { get; init; }

    /// <summary>Alternatives; empty means every path.</summary>
    public ImmutableArray<Match> Matches { get; init; } = [];

    /// <summary>Filters in their written order.</summary>
    public ImmutableArray<Filter> Filters { get; init; } = [];

    /// <summary>
    /// Weighted clusters. Empty, or all weights 0, answers 500, unless a redirect filter answers first.
    /// </summary>
    public ImmutableArray<WeightedCluster> Backends { get; init; } = [];

    /// <summary>The clusters that requests and copies of them may go to, in their written order.</summary>
    public IEnumerable<string> NamedClusters() => Backends.OrEmpty().Select(backend => backend.Cluster)
        .Concat(Filters.OrEmpty().OfType<MirrorFilter>().Select(mirror => mirror.Cluster))
        .OfType<string>();

    /// <summary>
    /// True when the control plane cannot serve the rule as it is written: its matches answer 500, and
    /// without matches it takes no request.
    /// </summary>
    public bool IsRefused { get; init; }

    /// <summary>A timeout that was switched off: backends are waited for without end.</summary>
    public const int NoTimeout = -1;

    /// <summary>
    /// Bound on the whole exchange as the downstream sees it, milliseconds; 0 when the rule does not say, -1
    /// for none. Where a rule says either timeout, the router's own bound on silent upstreams does not apply.
    /// </summary>
    public int RequestTimeoutMs { get; init; }

    /// <summary>
    /// Bound on one attempt at an upstream, milliseconds; 0 when the rule does not say, -1 for none.
    /// </summary>
    public int BackendRequestTimeoutMs { get; init; }

    /// <summary>
    /// When requests are sent again; null leaves it to the router, which does so when connecting fails or a
    /// kept connection has ended.
    /// </summary>
    public RetryPolicy? Retry { get; init; }
}
