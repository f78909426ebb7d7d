using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A listener of a Gateway.</summary>
internal sealed record ResolvedListener
{
    public required GatewayListener Source { get; init; }

    /// <summary><c>namespace/gateway/listener</c>.</summary>
    public required string Name { get; init; }

    public required Verdict Accepted { get; init; }

    /// <summary>True when it shares what must be its own with another listener.</summary>
    public required Verdict Conflicted { get; init; }

    /// <summary>About the route kinds that it allows.</summary>
    public required Verdict ResolvedRefs { get; init; }

    /// <summary>
    /// True when HTTPRoutes are among the kinds that may attach, whether or not it is accepted.
    /// </summary>
    public required bool TakesHttpRoutes { get; init; }
}
