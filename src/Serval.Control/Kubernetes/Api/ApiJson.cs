using System.Text.Json.Serialization;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Kubernetes.Api;

/// <summary>JSON of what surrounds the objects of an API server, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ObjectHead))]
internal sealed partial class ApiJson : JsonSerializerContext;
