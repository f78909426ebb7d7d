namespace Serval.Control.Kubernetes;

/// <summary>Kinds by name.</summary>
internal static class Kinds
{
    public const string EndpointSlice = "EndpointSlice";
    public const string Gateway = "Gateway";
    public const string GatewayClass = "GatewayClass";
    public const string HttpRoute = "HTTPRoute";
    public const string Namespace = "Namespace";
    public const string ReferenceGrant = "ReferenceGrant";
    public const string Secret = "Secret";
    public const string Service = "Service";
}
