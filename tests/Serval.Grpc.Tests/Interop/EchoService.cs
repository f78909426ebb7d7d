using Serval.Grpc.Serving;

namespace Serval.Grpc.Tests.Interop;

internal sealed class EchoService
{
    private readonly TaskCompletionSource _hangCancelled =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hangStarted =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task HangCancelled => _hangCancelled.Task;

    public Task HangStarted => _hangStarted.Task;

    public GrpcService Build() => new GrpcService(EchoReflection.Descriptor.Services[0])
        .Unary("Say", EchoRequest.Parser, SayAsync)
        .ServerStream<EchoRequest, EchoResponse>("Count", EchoRequest.Parser, CountAsync)
        .Unary("Hang", EchoRequest.Parser, HangAsync);

    private static Task<EchoResponse> SayAsync(EchoRequest request, GrpcCall call)
    {
        if (request.Payload.Length == 0 && call.Request.Find("x-text") is { } text)
            call.ResponseTrailers.Add("x-text", text);
        if (call.Request.FindBytes("x-bytes-bin") is { } bytes)
            call.ResponseTrailers.Add("x-bytes-bin", bytes);
        if (request.FailCode != 0)
            throw new GrpcException((GrpcStatusCode)request.FailCode, request.FailDetail);
        if (request.FailDetail == "crash")
            throw new InvalidOperationException("a secret of the server");
        return Task.FromResult(new EchoResponse { Payload = request.Payload });
    }

    private static async Task CountAsync(
        EchoRequest request, ResponseStream<EchoResponse> responses, GrpcCall call)
    {
        for (int i = 0; i < request.Count; i++)
            await responses.WriteAsync(
                new EchoResponse { Number = i, Payload = request.Payload }, call.Cancel);
        if (request.FailCode != 0)
            throw new GrpcException((GrpcStatusCode)request.FailCode, request.FailDetail);
    }

    private async Task<EchoResponse> HangAsync(EchoRequest request, GrpcCall call)
    {
        _hangStarted.TrySetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, call.Cancel);
        }
        finally
        {
            _hangCancelled.TrySetResult();
        }

        return new EchoResponse();
    }
}
