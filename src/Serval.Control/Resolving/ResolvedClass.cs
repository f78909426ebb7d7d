using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A GatewayClass of this controller.</summary>
internal sealed record ResolvedClass(
    GatewayClassResource Source, Verdict Accepted, Verdict SupportedVersion);
