using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serval.VppBridge.Serving;

/// <summary>
/// How methods may fail: what they throw by mistake goes to the log and not to the caller, details are cut at
/// their bound, and a call that ends because the server stops says so. Thread: any.
/// </summary>
internal sealed class CallInterceptor(ILogger<CallInterceptor> logger, IHostApplicationLifetime lifetime)
    : Interceptor
{
    /// <inheritdoc/>
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(request, context));

    /// <inheritdoc/>
    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(request, responseStream, context));

    /// <inheritdoc/>
    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(requestStream, context));

    /// <inheritdoc/>
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(context, () => continuation(requestStream, responseStream, context));

    private Task GuardAsync(ServerCallContext context, Func<Task> call) => GuardAsync(context, async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    });

    private async Task<T> GuardAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Status.Detail.Length > Limits.DetailCharsMax)
        {
            // Trailers have to fit into the caller's header limit.
            string detail = string.Concat(e.Status.Detail.AsSpan(0, Limits.DetailCharsMax), "…");
            throw new RpcException(new Status(e.StatusCode, detail), e.Trailers);
        }
        catch (Exception e) when (e is not RpcException && context.CancellationToken.IsCancellationRequested)
        {
            throw lifetime.ApplicationStopping.IsCancellationRequested
                ? GrpcFault.Of(StatusCode.Unavailable, "the server is stopping")
                : GrpcFault.Of(StatusCode.Cancelled, "the caller went away");
        }
        catch (Exception e) when (e is not RpcException)
        {
            BridgeLog.CallFaulted(logger, context.Method, e);
            throw GrpcFault.Of(StatusCode.Internal, "internal error, see the server's log");
        }
    }
}
