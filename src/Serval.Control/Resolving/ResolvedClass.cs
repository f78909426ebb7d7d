using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A GatewayClass of this controller.</summary>
/// <param name="Source">As it is written.</param>
/// <param name="Accepted">Whether its Gateways are served.</param>
/// <param name="SupportedVersion">Whether Serval knows the installed release of the Gateway API.</param>
/// <param name="IsExperimental">Whether objects may have fields of the experimental channel.</param>
internal sealed record ResolvedClass(
    GatewayClassResource Source, Verdict Accepted, Verdict SupportedVersion, bool IsExperimental);
