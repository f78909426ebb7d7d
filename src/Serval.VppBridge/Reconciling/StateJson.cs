using System.Text.Json.Serialization;

namespace Serval.VppBridge.Reconciling;

[JsonSerializable(typeof(StateDocument))]
internal sealed partial class StateJson : JsonSerializerContext;
