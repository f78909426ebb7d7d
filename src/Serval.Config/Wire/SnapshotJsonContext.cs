using System.Text.Json.Serialization;
using Serval.Config.Model;

namespace Serval.Config.Wire;

/// <summary>The generated contract, before <see cref="SnapshotJsonContract"/> completes it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(SnapshotDelta))]
internal sealed partial class SnapshotJsonContext : JsonSerializerContext;
