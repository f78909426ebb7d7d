using System.Collections.Frozen;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Serving;

/// <summary>Answers gRPC calls that Kestrel hands over: finds the method, sets the deadline, runs the
/// handler, ends with a status. Thread: any; the only shared word is the number of calls in flight.</summary>
public sealed class GrpcServer
{
    private readonly FrozenDictionary<string, GrpcMethod> _methods;
    private readonly GrpcServerOptions _options;
    private readonly CancellationToken _stopping;
    private int _inFlightCount;

    /// <summary>Binds services to a server.</summary>
    /// <param name="services">What is served; every method of each needs a handler.</param>
    /// <param name="options">The bounds.</param>
    /// <param name="stopping">Fires when the server stops; calls still running end with UNAVAILABLE.</param>
    public GrpcServer(IEnumerable<GrpcService> services, GrpcServerOptions options,
        CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _stopping = stopping;
        var methods = new Dictionary<string, GrpcMethod>(StringComparer.Ordinal);
        foreach (GrpcService service in services)
        {
            if (service.Methods.Count != service.Descriptor.Methods.Count)
                throw new ArgumentException(
                    $"{service.Descriptor.FullName} lacks handlers", nameof(services));
            foreach (KeyValuePair<string, GrpcMethod> method in service.Methods)
                methods.Add(method.Key, method.Value);
        }

        _methods = methods.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Serves one request; a <see cref="RequestDelegate"/>.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (!HttpMethods.IsPost(http.Request.Method) || !Names.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        long start = _options.Clock.GetTimestamp();
        string path = http.Request.Path.Value ?? string.Empty;
        http.Response.ContentType = Names.ContentType;
        GrpcStatus status;
        try
        {
            if (Interlocked.Increment(ref _inFlightCount) > _options.ConcurrentCallsMax)
            {
                status = new(GrpcStatusCode.ResourceExhausted, "too many calls at once, try again");
                ResponseEnd.Write(http.Response, status, [], []);
            }
            else
            {
                status = await ServeAsync(http, path).ConfigureAwait(false);
            }
        }
        finally
        {
            // A call that ends by an exception leaves its place too.
            Interlocked.Decrement(ref _inFlightCount);
        }

        // Paths that we do not serve come from strangers: they may not become a series each.
        string name = _methods.ContainsKey(path) ? path : "unknown";
        _options.Ended?.Invoke(name, status.Code, _options.Clock.GetElapsedTime(start));
    }

    private async Task<GrpcStatus> ServeAsync(HttpContext http, string path)
    {
        if (!_methods.TryGetValue(path, out GrpcMethod? method))
            return End(http, new(GrpcStatusCode.Unimplemented, $"unknown method {path}"));
        string encoding = http.Request.Headers[Names.Encoding].ToString();
        if (encoding is not ("" or "identity" or Gzip.Name))
        {
            http.Response.Headers[Names.AcceptEncoding] = Names.AcceptedEncodings;
            return End(http, new(GrpcStatusCode.Unimplemented, $"unknown message encoding {encoding}"));
        }

        if (!TryGetTimeout(http, method.IsUnary, out TimeSpan? timeout))
            return End(http, new(GrpcStatusCode.InvalidArgument, "grpc-timeout is malformed"));

        using var deadline = new CancellationTokenSource(
            timeout ?? Timeout.InfiniteTimeSpan, _options.Clock);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, deadline.Token, _stopping);
        var call = new GrpcCall(http, path, timeout, cancel.Token);
        GrpcStatus status = _options.Authorize?.Invoke(call) ?? GrpcStatus.Ok;
        GrpcMetadata trailers = call.ResponseTrailers;
        if (status.Code == GrpcStatusCode.Ok)
            (status, trailers) = await InvokeAsync(method, call, encoding, deadline.Token)
                .ConfigureAwait(false);
        if (!http.RequestAborted.IsCancellationRequested)
            ResponseEnd.Write(http.Response, status, call.ResponseHeaders, trailers);
        return status;
    }

    private async Task<(GrpcStatus Status, GrpcMetadata Trailers)> InvokeAsync(
        GrpcMethod method, GrpcCall call, string encoding, CancellationToken deadline)
    {
        try
        {
            // The framing bounds each message; Kestrel's own bound is on the whole body and would cut
            // streams.
            if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
                feature.MaxRequestBodySize = null;
            var reader = new MessageReader(call.Http.Request.BodyReader, _options.ReceiveBytesMax, encoding);
            call.Http.Response.Headers[Names.AcceptEncoding] = Names.AcceptedEncodings;
            bool compress = _options.CompressResponses && AcceptsGzip(call.Http);
            await method.Invoke(call, reader, compress, _options.SendBytesMax).ConfigureAwait(false);
            return (GrpcStatus.Ok, call.ResponseTrailers);
        }
        catch (GrpcException e)
        {
            return (e.Status, e.Trailers.Count > 0 ? e.Trailers : call.ResponseTrailers);
        }
        catch (Exception e) when (e is OperationCanceledException or ConnectionResetException or IOException)
        {
            return (Interruption(call, deadline, e), call.ResponseTrailers);
        }
#pragma warning disable CA1031 // The last line of defence: it ends this call and no other.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _options.Faulted?.Invoke(method.Path, e);
            return (new(GrpcStatusCode.Internal, "internal error, see the server's log"),
                call.ResponseTrailers);
        }
    }

    private GrpcStatus Interruption(GrpcCall call, CancellationToken deadline, Exception e)
    {
        if (deadline.IsCancellationRequested)
            return new(GrpcStatusCode.DeadlineExceeded, "the deadline of the call passed");
        if (call.Http.RequestAborted.IsCancellationRequested || e is ConnectionResetException)
            return new(GrpcStatusCode.Cancelled, "the caller went away");
        if (_stopping.IsCancellationRequested)
            return new(GrpcStatusCode.Unavailable, "the server is stopping");
        _options.Faulted?.Invoke(call.Path, e);
        return new(GrpcStatusCode.Internal, "internal error, see the server's log");
    }

    private bool TryGetTimeout(HttpContext http, bool isUnary, out TimeSpan? timeout)
    {
        timeout = isUnary ? _options.UnaryDeadlineMax : null;
        string header = http.Request.Headers[Names.Timeout].ToString();
        if (header.Length == 0)
            return true;
        if (!GrpcTimeout.TryParse(header, out TimeSpan asked))
            return false;

        // A timer takes 49 days at most; a stream that asks for more is a stream without a deadline.
        if (timeout is null)
            timeout = asked.TotalDays < 40 ? asked : null;
        else if (asked < timeout)
            timeout = asked;
        return true;
    }

    private static bool AcceptsGzip(HttpContext http)
    {
        foreach (string part in http.Request.Headers[Names.AcceptEncoding].ToString().Split(','))
        {
            if (part.AsSpan().Trim().SequenceEqual(Gzip.Name))
                return true;
        }

        return false;
    }

    private static GrpcStatus End(HttpContext http, GrpcStatus status)
    {
        ResponseEnd.Write(http.Response, status, [], []);
        return status;
    }
}
