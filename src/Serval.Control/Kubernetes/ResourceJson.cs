using System.Text.Json.Serialization;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Kubernetes;

/// <summary>JSON of the kinds that Serval reads, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(EndpointSliceResource))]
[JsonSerializable(typeof(GatewayResource))]
[JsonSerializable(typeof(GatewayClassResource))]
[JsonSerializable(typeof(HttpRouteResource))]
[JsonSerializable(typeof(NamespaceResource))]
[JsonSerializable(typeof(ReferenceGrantResource))]
[JsonSerializable(typeof(SecretResource))]
[JsonSerializable(typeof(ServiceResource))]
internal sealed partial class ResourceJson : JsonSerializerContext;
