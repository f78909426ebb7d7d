namespace Serval.Control.Kubernetes;

/// <summary>Kinds by name.</summary>
internal static class Kinds
{
    public const string BackendTlsPolicy = "BackendTLSPolicy";
    public const string ConfigMap = "ConfigMap";
    public const string CustomResourceDefinition = "CustomResourceDefinition";
    public const string EndpointSlice = "EndpointSlice";
    public const string Gateway = "Gateway";
    public const string GatewayClass = "GatewayClass";
    public const string GrpcRoute = "GRPCRoute";
    public const string HttpRoute = "HTTPRoute";
    public const string ListenerPolicy = "ListenerPolicy";
    public const string ListenerSet = "ListenerSet";
    public const string Namespace = "Namespace";
    public const string Node = "Node";
    public const string ReferenceGrant = "ReferenceGrant";
    public const string Secret = "Secret";
    public const string Service = "Service";
    public const string ServiceImport = "ServiceImport";
    public const string TcpRoute = "TCPRoute";
    public const string TlsRoute = "TLSRoute";
    public const string UdpRoute = "UDPRoute";
}
