using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>What became of one parent reference of a route.</summary>
internal sealed record ResolvedParent
{
    public required ParentReference Source { get; init; }

    public required Verdict Accepted { get; init; }

    public required Verdict ResolvedRefs { get; init; }

    /// <summary>
    /// Listeners that take the route; empty unless accepted. Refused ones are among them, because they count
    /// attached routes too (ListenerStatus), but they are not served.
    /// </summary>
    public required ImmutableArray<Attachment> Attachments { get; init; }
}
