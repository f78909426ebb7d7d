using Grpc.Core;

namespace Serval.VppBridge.Tests.Interop;

/// <summary>Answers as its requests ask for. Owner: one test.</summary>
internal sealed class EchoService : Echo.EchoBase
{
    private readonly TaskCompletionSource _hangCancelled =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hangStarted =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task HangCancelled => _hangCancelled.Task;

    public Task HangStarted => _hangStarted.Task;

    public override Task<EchoResponse> Say(EchoRequest request, ServerCallContext context)
    {
        foreach (Metadata.Entry entry in context.RequestHeaders)
        {
            if (entry.Key is "x-text" or "x-bytes-bin")
                context.ResponseTrailers.Add(entry);
        }

        if (request.FailCode != 0)
            throw new RpcException(new Status((StatusCode)request.FailCode, request.FailDetail));
        if (request.FailDetail == "crash")
            throw new InvalidOperationException("a secret of the server");
        return Task.FromResult(new EchoResponse { Payload = request.Payload });
    }

    public override async Task Count(
        EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        for (int i = 0; i < request.Count; i++)
            await responseStream.WriteAsync(new EchoResponse { Number = i, Payload = request.Payload });
        if (request.FailCode != 0)
            throw new RpcException(new Status((StatusCode)request.FailCode, request.FailDetail));
    }

    public override async Task Follow(
        EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new EchoResponse());
        await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
    }

    public override async Task<EchoResponse> Hang(EchoRequest request, ServerCallContext context)
    {
        _hangStarted.TrySetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
        }
        finally
        {
            _hangCancelled.TrySetResult();
        }

        return new EchoResponse();
    }
}
