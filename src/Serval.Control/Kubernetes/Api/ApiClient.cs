using System.Net;
using System.Net.Http.Headers;

namespace Serval.Control.Kubernetes.Api;

/// <summary>
/// Requests to the API server: a thin layer over <see cref="ApiSession"/>. Credentials that are refused are
/// read anew, so that rotated tokens, client certificates and CAs need no restart. Thread: any. Bounds: <see
/// cref="KubernetesLimits"/>.
/// </summary>
internal sealed class ApiClient(ApiConnection connection, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private ApiSession _session = connection.Open();
    private long _openedAt = time.GetTimestamp();

    /// <summary>The address of the API server.</summary>
    public Uri Address => Volatile.Read(ref _session).Address;

    /// <summary>Sends a request and reads the whole answer, whatever its status.</summary>
    /// <exception cref="HttpRequestException">There was no answer, or one that is too large.</exception>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, string mediaType, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(KubernetesLimits.RequestTimeoutMs);
        try
        {
            using HttpResponseMessage response = await StartAsync(method, path, body, mediaType, limit.Token);
            await response.Content.LoadIntoBufferAsync(KubernetesLimits.AnswerBytesMax, limit.Token);
            byte[] bytes = await response.Content.ReadAsByteArrayAsync(limit.Token);
            return new ApiAnswer(response.StatusCode, bytes, RetryAfter(response));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new HttpRequestException(
                $"The API server did not answer within {KubernetesLimits.RequestTimeoutMs} ms.");
        }
    }

    /// <summary>Reads one object; see <see cref="SendAsync"/>.</summary>
    public Task<ApiAnswer> GetAsync(string path, CancellationToken stop) =>
        SendAsync(HttpMethod.Get, path, default, "", stop);

    /// <summary>Starts a request whose answer is read as a stream. The caller disposes of it.</summary>
    /// <exception cref="ApiException">The status of the answer is not a success.</exception>
    /// <exception cref="HttpRequestException">There was no answer.</exception>
    public async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken stop)
    {
        HttpResponseMessage response = await StartAsync(HttpMethod.Get, path, default, "", stop);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            await response.Content.LoadIntoBufferAsync(KubernetesLimits.AnswerBytesMax, stop);
            byte[] body = await response.Content.ReadAsByteArrayAsync(stop);
            throw new ApiException(ApiFault.Read(response.StatusCode, body, RetryAfter(response)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private async Task<HttpResponseMessage> StartAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, string mediaType, CancellationToken stop)
    {
        ApiSession session = Volatile.Read(ref _session);
        using HttpRequestMessage request = new(method, Locate(session.Address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("serval", null));
        if (mediaType.Length > 0)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        }
        try
        {
            HttpResponseMessage response = await session.SendAsync(request, stop);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                Reopen(session);
            return response;
        }
        catch (HttpRequestException fault)
            when (fault.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            Reopen(session);
            throw;
        }
    }

    // Streams of the old session go on until they end; what it holds is freed once nothing uses it.
    private void Reopen(ApiSession refused)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(refused, _session)
                || time.GetElapsedTime(_openedAt).TotalMilliseconds < KubernetesLimits.ReconnectMs)
                return;
            _openedAt = time.GetTimestamp();
            try
            {
                Volatile.Write(ref _session, connection.Open());
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                // The files may be half replaced: the old session is used until the next refusal.
            }
        }
    }

    // The API server may live below a path of a proxy.
    private static Uri Locate(Uri server, string path) => new(server.AbsoluteUri.TrimEnd('/') + path);

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => Bounded(delta),
        { Date: { } date } => Bounded(date - time.GetUtcNow()),
        _ => null,
    };

    private static TimeSpan Bounded(TimeSpan wanted) => TimeSpan.FromMilliseconds(
        Math.Clamp(wanted.TotalMilliseconds, 0, KubernetesLimits.RetryAfterMaxMs));
}
