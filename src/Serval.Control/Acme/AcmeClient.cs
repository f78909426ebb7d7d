using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serval.Control.Acme;

/// <summary>
/// One account at an authority that speaks ACME (RFC 8555): signed requests and their answers.
/// </summary>
/// <remarks>Owner: one renewal loop. Thread: one at a time. Bounds: <see cref="AcmeLimits"/>.</remarks>
internal sealed class AcmeClient(HttpClient http, Uri directory, AccountKey key)
{
    private JsonObject? _directory;
    private string? _nonce;
    private string? _account;

    /// <summary>Finds or makes the account.</summary>
    /// <exception cref="AcmeException">The authority refuses it.</exception>
    public async Task OpenAccountAsync(string email, CancellationToken stop)
    {
        if (_account is not null)
            return;
        JsonObject wish = new()
        {
            ["termsOfServiceAgreed"] = true,
            ["contact"] = new JsonArray($"mailto:{email}"),
        };
        (_, Uri? location) = await PostAsync(await FindAsync("newAccount", stop), wish, stop);
        _account = location?.OriginalString
            ?? throw new AcmeException("The authority gave the account no address.");
    }

    /// <summary>
    /// Forgets what the authority said of itself and of the account, so that the next try asks anew: both may
    /// have changed since.
    /// </summary>
    public void Forget() => (_directory, _account, _nonce) = (null, null, null);

    /// <summary>URL of an operation; null when the authority has none of that name.</summary>
    public async Task<Uri?> TryFindAsync(string operation, CancellationToken stop)
    {
        if (_directory is null)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, directory);
            _directory = (await SendAsync(request, stop)).Json as JsonObject
                ?? throw new AcmeException($"{directory} is not an ACME directory.");
        }
        return Uri.TryCreate(_directory[operation]?.ToString(), UriKind.Absolute, out Uri? url) ? url : null;
    }

    /// <summary>URL of an operation.</summary>
    /// <exception cref="AcmeException">There is none.</exception>
    public async Task<Uri> FindAsync(string operation, CancellationToken stop) =>
        await TryFindAsync(operation, stop)
            ?? throw new AcmeException($"{directory} names no {operation}; is it an ACME directory?");

    /// <summary>
    /// Reads something that needs no account, and how long the authority asks to wait before the next time.
    /// </summary>
    public async Task<(JsonObject? Json, TimeSpan RetryAfter)> GetAsync(Uri url, CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        Answer answer = await SendAsync(request, stop);
        return (answer.Json as JsonObject, answer.RetryAfter);
    }

    /// <summary>Asks for something signed; the payload is null for reading.</summary>
    public async Task<(JsonObject Json, Uri? Location)> PostAsync(
        Uri url, JsonNode? payload, CancellationToken stop)
    {
        Answer answer = await PostRawAsync(url, payload, stop);
        return (answer.Json as JsonObject ?? [], answer.Location);
    }

    /// <summary>Reads the chain of a certificate in PEM.</summary>
    public async Task<string> DownloadAsync(Uri url, CancellationToken stop) =>
        (await PostRawAsync(url, null, stop)).Text;

    /// <summary>
    /// Reads something again and again until it is what it should be, at the authority's pace.
    /// </summary>
    /// <param name="url">What to read.</param>
    /// <param name="isDone">Tells whether it has come to a result.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task<JsonObject> PollAsync(Uri url, Func<JsonObject, bool> isDone, CancellationToken stop)
    {
        for (int i = 0; i < AcmeLimits.PollsMax; i++)
        {
            Answer answer = await PostRawAsync(url, null, stop);
            if (answer.Json is JsonObject json && isDone(json))
                return json;
            int waitMs = (int)Math.Clamp(
                answer.RetryAfter.TotalMilliseconds, AcmeLimits.PollMinMs, AcmeLimits.PollMaxMs);
            await Task.Delay(waitMs, stop);
        }
        throw new AcmeException($"The authority came to no result at {url}.");
    }

    private async Task<Answer> PostRawAsync(Uri url, JsonNode? payload, CancellationToken stop)
    {
        for (int i = 0; ; i++)
        {
            string nonce = await TakeNonceAsync(stop);
            string body = key.Sign(url, nonce, _account, payload).ToJsonString();
            using HttpRequestMessage request = new(HttpMethod.Post, url)
            {
                Content = new StringContent(body, Encoding.UTF8),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
            Answer answer = await SendAsync(request, stop, mayFail: true);
            if (answer.IsSuccess)
                return answer;
            // RFC 8555 §6.5: whoever kept a nonce for too long tries with a new one.
            bool isBadNonce = answer.Problem.EndsWith(":badNonce", StringComparison.Ordinal);
            if (!isBadNonce || i >= AcmeLimits.NoncesMax)
                throw new AcmeException(answer.Describe(url));
        }
    }

    private async Task<string> TakeNonceAsync(CancellationToken stop)
    {
        if (_nonce is null)
        {
            using HttpRequestMessage request = new(HttpMethod.Head, await FindAsync("newNonce", stop));
            await SendAsync(request, stop);
        }
        string nonce = _nonce ?? throw new AcmeException("The authority gave no nonce.");
        _nonce = null;
        return nonce;
    }

    private async Task<Answer> SendAsync(
        HttpRequestMessage request, CancellationToken stop, bool mayFail = false)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AcmeLimits.AnswerMs);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await response.Content.LoadIntoBufferAsync(AcmeLimits.AnswerBytesMax, limit.Token);
            if (response.Headers.TryGetValues("Replay-Nonce", out IEnumerable<string>? nonces))
                _nonce = nonces.FirstOrDefault();
            Answer answer = await Answer.ReadAsync(response, limit.Token);
            if (!answer.IsSuccess && !mayFail)
                throw new AcmeException(answer.Describe(request.RequestUri!));
            return answer;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new AcmeException($"{request.RequestUri} did not answer within {AcmeLimits.AnswerMs} ms.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException)
        {
            throw new AcmeException(
                $"{request.RequestUri} cannot be asked: {fault.InnerException?.Message ?? fault.Message}");
        }
    }

    private sealed record Answer(
        HttpStatusCode Status, string Text, JsonNode? Json, Uri? Location, TimeSpan RetryAfter)
    {
        public bool IsSuccess => (int)Status is >= 200 and < 300;

        public string Problem => (Json as JsonObject)?["type"]?.ToString() ?? "";

        public static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken stop)
        {
            string text = await response.Content.ReadAsStringAsync(stop);
            bool isJson = response.Content.Headers.ContentType?.MediaType
                ?.EndsWith("json", StringComparison.OrdinalIgnoreCase) == true;
            RetryConditionHeaderValue? retry = response.Headers.RetryAfter;
            TimeSpan wait = retry?.Delta ?? retry?.Date - DateTimeOffset.UtcNow ?? TimeSpan.Zero;
            return new Answer(
                response.StatusCode, text, isJson && text.Length > 0 ? JsonNode.Parse(text) : null,
                response.Headers.Location, wait);
        }

        public string Describe(Uri url) =>
            $"{url} answered {(int)Status} {Problem} {(Json as JsonObject)?["detail"]}".TrimEnd();
    }
}
