using Serval.Grpc.Wire;

namespace Serval.Grpc.Serving;

/// <summary>One method as the server calls it.</summary>
/// <param name="Path">The path as <c>/package.Service/Method</c>.</param>
/// <param name="IsUnary">One message each way: gets a deadline even when the caller sets none.</param>
/// <param name="Invoke">Reads, runs, writes.</param>
internal sealed record GrpcMethod(
    string Path, bool IsUnary, Func<GrpcCall, MessageReader, bool, int, Task> Invoke);
