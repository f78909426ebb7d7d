using System.Text.Json.Serialization;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes;

/// <summary>JSON of the kinds that Serval reads, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(BackendTlsPolicyResource))]
[JsonSerializable(typeof(ConfigMapResource))]
[JsonSerializable(typeof(CustomResourceDefinitionResource))]
[JsonSerializable(typeof(EndpointSliceResource))]
[JsonSerializable(typeof(GatewayResource))]
[JsonSerializable(typeof(GatewayClassResource))]
[JsonSerializable(typeof(GrpcRouteResource))]
[JsonSerializable(typeof(HttpRouteResource))]
[JsonSerializable(typeof(ListenerPolicyResource))]
[JsonSerializable(typeof(ListenerSetResource))]
[JsonSerializable(typeof(NamespaceResource))]
[JsonSerializable(typeof(NodeResource))]
[JsonSerializable(typeof(ReferenceGrantResource))]
[JsonSerializable(typeof(SecretResource))]
[JsonSerializable(typeof(ServiceResource))]
[JsonSerializable(typeof(ServiceImportResource))]
[JsonSerializable(typeof(TcpRouteResource))]
[JsonSerializable(typeof(TlsRouteResource))]
[JsonSerializable(typeof(UdpRouteResource))]
internal sealed partial class ResourceJson : JsonSerializerContext;
