using System.Text.Json.Serialization;
using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Reporting;

[JsonSerializable(typeof(RunResult))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
internal sealed partial class ResultJson : JsonSerializerContext;
