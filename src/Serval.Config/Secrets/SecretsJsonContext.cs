using System.Text.Json.Serialization;

namespace Serval.Config.Secrets;

/// <summary>The generated contract.</summary>
[JsonSourceGenerationOptions(
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = ConfigLimits.JsonDepth,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SecretsPush))]
internal sealed partial class SecretsJsonContext : JsonSerializerContext;
