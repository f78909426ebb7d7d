using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>What became of one parent reference of a route.</summary>
internal sealed record ResolvedParent
{
    public required ParentReference Source { get; init; }

    /// <summary>The Gateway, whether it is named or a ListenerSet of it is.</summary>
    public required ObjectKey Gateway { get; init; }

    public required Verdict Accepted { get; init; }

    /// <summary>Null where the references were not looked at: no listener takes routes of the kind.</summary>
    public required Verdict? ResolvedRefs { get; init; }

    /// <summary>True when some rules are dropped; null when that is not so.</summary>
    public Verdict? PartiallyInvalid { get; init; }

    /// <summary>
    /// Listeners that take the route; empty unless accepted. Refused ones are among them, because they count
    /// attached routes too (ListenerStatus), but they are not served.
    /// </summary>
    public required ImmutableArray<Attachment> Attachments { get; init; }

    /// <summary>
    /// Listeners that routers serve for the route. All rules of a route that is refused for its own content
    /// answer 500 there, though it does not count as attached.
    /// </summary>
    public required ImmutableArray<Attachment> Served { get; init; }
}
