using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Calling;

/// <summary>Calls methods of one server over HTTP/2. Thread: any. Every failure is a
/// <see cref="GrpcException"/>, except the caller's own cancellation, which is an
/// <see cref="OperationCanceledException"/>.</summary>
public sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _http;
    private readonly GrpcChannelOptions _options;
    private readonly Uri _address;

    /// <summary>Prepares calls to <paramref name="address"/>; connects with the first one.</summary>
    public GrpcChannel(Uri address, GrpcChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(options);
        _address = address;
        _options = options;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        if (options.Tls is not null)
            handler.SslOptions = options.Tls;
        if (options.UnixSocketPath is { } path)
            handler.ConnectCallback = (_, cancel) => ConnectUnixAsync(path, cancel);
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends one request and awaits one response.</summary>
    public async Task<TResponse> UnaryAsync<TResponse>(
        string path, IMessage request, MessageParser<TResponse> parser, GrpcCallOptions? options,
        CancellationToken cancel)
        where TResponse : class, IMessage<TResponse>
    {
        GrpcCallOptions call = options ?? new GrpcCallOptions();
        call = call with { Deadline = call.Deadline ?? _options.DefaultDeadline };
        TResponse? response = null;
        await foreach (TResponse message in StreamAsync(path, request, parser, call, cancel)
            .ConfigureAwait(false))
        {
            if (response is not null)
                throw new GrpcException(GrpcStatusCode.Internal, "the server sent more than one response");
            response = message;
        }

        return response ?? throw new GrpcException(GrpcStatusCode.Internal, "the server sent no response");
    }

    /// <summary>Sends one request and yields responses as they come.</summary>
    public async IAsyncEnumerable<TResponse> StreamAsync<TResponse>(
        string path, IMessage request, MessageParser<TResponse> parser, GrpcCallOptions? options,
        [EnumeratorCancellation] CancellationToken cancel)
        where TResponse : class, IMessage<TResponse>
    {
        using var deadline = new CancellationTokenSource(
            options?.Deadline ?? Timeout.InfiniteTimeSpan, _options.Clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        using HttpRequestMessage http = BuildRequest(path, request, options);
        using HttpResponseMessage response = await GuardAsync(
            () => _http.SendAsync(http, linked.Token), deadline.Token, cancel).ConfigureAwait(false);
        RequireGrpc(response);
        string encoding = Header(response.Headers, Names.Encoding) ?? string.Empty;
        Stream body = await response.Content.ReadAsStreamAsync(linked.Token).ConfigureAwait(false);
        var reader = new MessageReader(
            System.IO.Pipelines.PipeReader.Create(body), _options.ReceiveBytesMax, encoding);
        while (await GuardAsync(
            () => reader.ReadAsync(parser, linked.Token).AsTask(), deadline.Token, cancel)
                .ConfigureAwait(false)
            is { } message)
        {
            yield return message;
        }

        GrpcMetadata trailers = RequireOk(response);
        options?.Trailers?.Invoke(trailers);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage BuildRequest(string path, IMessage message, GrpcCallOptions? options)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new MessageContent(message, _options.CompressRequests, _options.SendBytesMax),
        };
        request.Headers.TE.ParseAdd("trailers");
        request.Headers.TryAddWithoutValidation(Names.AcceptEncoding, Names.AcceptedEncodings);
        if (_options.CompressRequests)
            request.Headers.TryAddWithoutValidation(Names.Encoding, Gzip.Name);
        if (options?.Deadline is { } deadline)
            request.Headers.TryAddWithoutValidation(Names.Timeout, GrpcTimeout.Format(deadline));
        foreach (GrpcMetadata? metadata in (GrpcMetadata?[])[_options.Metadata, options?.Metadata])
        {
            foreach (KeyValuePair<string, string> entry in metadata ?? [])
                request.Headers.TryAddWithoutValidation(entry.Key, entry.Value);
        }

        return request;
    }

    private static async Task<T> GuardAsync<T>(
        Func<Task<T>> step, CancellationToken deadline, CancellationToken cancel)
    {
        try
        {
            return await step().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw deadline.IsCancellationRequested
                ? new GrpcException(GrpcStatusCode.DeadlineExceeded, "the deadline of the call passed")
                : new GrpcException(GrpcStatusCode.Unavailable, "connecting took too long");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, e.InnerException?.Message ?? e.Message);
        }
    }

    private static void RequireGrpc(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.OK
            && Names.IsGrpc(response.Content.Headers.ContentType?.MediaType))
            return;

        // gRPC's "HTTP to gRPC status code mapping".
        GrpcStatusCode code = (int)response.StatusCode switch
        {
            400 => GrpcStatusCode.Internal,
            401 => GrpcStatusCode.Unauthenticated,
            403 => GrpcStatusCode.PermissionDenied,
            404 => GrpcStatusCode.Unimplemented,
            429 or 502 or 503 or 504 => GrpcStatusCode.Unavailable,
            _ => GrpcStatusCode.Unknown,
        };
        throw new GrpcException(code, $"the server answered HTTP {(int)response.StatusCode}, not gRPC");
    }

    private static GrpcMetadata RequireOk(HttpResponseMessage response)
    {
        // A call that ends at once has its status in the headers ("Trailers-Only").
        bool isTrailersOnly = response.Headers.Contains(Names.Status);
        System.Net.Http.Headers.HttpResponseHeaders headers =
            isTrailersOnly ? response.Headers : response.TrailingHeaders;
        if (!int.TryParse(
            Header(headers, Names.Status), System.Globalization.CultureInfo.InvariantCulture, out int code))
        {
            throw new GrpcException(GrpcStatusCode.Unknown, "the server ended the call without a status");
        }

        GrpcMetadata metadata = [];
        foreach (KeyValuePair<string, IEnumerable<string>> header in headers)
        {
            if (GrpcMetadata.IsReserved(header.Key))
                continue;
            foreach (string value in header.Value)
                metadata.AddReceived(header.Key, value);
        }

        if (code == 0)
            return metadata;
        string detail = PercentText.Decode(Header(headers, Names.Message) ?? string.Empty);
        throw new GrpcException(
            new(code is > 0 and <= 16 ? (GrpcStatusCode)code : GrpcStatusCode.Unknown, detail), metadata);
    }

    private static string? Header(System.Net.Http.Headers.HttpHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(',', values) : null;

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
