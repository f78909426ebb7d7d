using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Serval.Common;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Config.Wire;

namespace Serval.Control.Publishing;

/// <summary>
/// The admin API of one router, as its gateway uses it. Thread: any. Bounds: PublishingLimits.
/// </summary>
internal sealed class RouterClient(Uri address, RouterAccess access) : IDisposable
{
    private const string VersionHeader = "Serval-Version";
    private const string WaitingHeader = "Serval-Waiting-Certificates";
    private readonly HttpClient _http = access.CreateClient();

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Pushes a whole snapshot.</summary>
    public Task<PushOutcome> PushAsync(PushTarget target, long epoch, CancellationToken stop) =>
        PutAsync(target.Json, target, epoch, stop);

    /// <summary>Pushes what leads from a snapshot that is live there to the target.</summary>
    public Task<PushOutcome> PushAsync(
        Snapshot start, PushTarget target, long epoch, CancellationToken stop) =>
        PutAsync(SnapshotJson.Write(SnapshotDifference.Between(start, target.Snapshot)), target, epoch, stop);

    /// <summary>Gives the router certificates with their keys.</summary>
    public async Task<PushOutcome> PutSecretsAsync(
        ImmutableArray<KeyPair> pairs, CancellationToken stop)
    {
        byte[] body = SecretsJson.Write(new SecretsPush { KeyPairs = pairs });
        try
        {
            using HttpRequestMessage request = Request(HttpMethod.Put, "/secrets");
            return await PutAsync(request, body, stop);
        }
        catch (HttpRequestException fault)
        {
            return Failed(fault.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <summary>Asks which version is live and what is wrong with it now. Changes nothing there.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or not as a router.</exception>
    public async Task<RouterReport> AskAsync(CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(PublishingLimits.CheckTimeoutMs);
        try
        {
            using HttpRequestMessage request = Request(HttpMethod.Get, "/findings");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using HttpResponseMessage response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new HttpRequestException($"GET /findings: {(int)response.StatusCode}");
            string? version = response.Headers.TryGetValues(VersionHeader, out IEnumerable<string>? values)
                ? values.FirstOrDefault()
                : null;
            await response.Content.LoadIntoBufferAsync(PublishingLimits.AnswerBytesMax, limit.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(limit.Token);
            using JsonDocument document = JsonDocument.Parse(body);
            return new RouterReport(
                version, response.Headers.Contains(WaitingHeader), ReadFindings(document.RootElement));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new HttpRequestException($"No answer within {PublishingLimits.CheckTimeoutMs} ms.");
        }
        catch (JsonException fault)
        {
            throw new HttpRequestException("GET /findings: the answer is not JSON.", fault);
        }
    }

    private async Task<PushOutcome> PutAsync(
        ReadOnlyMemory<byte> body, PushTarget target, long epoch, CancellationToken stop)
    {
        try
        {
            using HttpRequestMessage request = Request(HttpMethod.Put, "/config");
            if (epoch > 0)
            {
                request.Headers.Add(PushTerm.EpochHeader, epoch.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add(
                    PushTerm.GenerationHeader, target.Generation.ToString(CultureInfo.InvariantCulture));
            }
            return await PutAsync(request, body, stop);
        }
        catch (HttpRequestException fault)
        {
            return Failed(fault.Message);
        }
    }

    private async Task<PushOutcome> PutAsync(
        HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(PublishingLimits.PushTimeoutMs);
        try
        {
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await response.Content.LoadIntoBufferAsync(PublishingLimits.AnswerBytesMax, limit.Token);
            return Read(
                request, response.StatusCode, await response.Content.ReadAsByteArrayAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return Failed($"No answer within {PublishingLimits.PushTimeoutMs} ms.");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or JsonException)
        {
            return Failed(fault.InnerException?.Message ?? fault.Message);
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        HttpRequestMessage request = new(method, new Uri(address, path));
        try
        {
            request.Headers.Authorization = access.Authorization();
        }
        catch (OptionException fault)
        {
            throw new HttpRequestException(fault.Message, fault);
        }
        return request;
    }

    private static PushOutcome Failed(string message) => new(PushOutcomeKind.Failed, null, [], message);

    private static PushOutcome Read(HttpRequestMessage request, HttpStatusCode status, byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement root = document.RootElement;
        string? version = Text(root, "version");
        string error = Text(root, "error") ?? "";
        ImmutableArray<Finding> findings = ReadFindings(root);
        return (int)status switch
        {
            200 => new PushOutcome(PushOutcomeKind.Acknowledged, version, findings, ""),
            409 when Text(root, "code") == "stale-term" =>
                new PushOutcome(PushOutcomeKind.StaleTerm, version, [], error),
            409 => new PushOutcome(PushOutcomeKind.WrongBase, version, [], error),
            422 => new PushOutcome(PushOutcomeKind.Refused, version, findings, error),
            _ => Failed($"PUT {request.RequestUri!.AbsolutePath}: {(int)status} {error}"),
        };
    }

    private static ImmutableArray<Finding> ReadFindings(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("findings", out JsonElement list)
            || list.ValueKind != JsonValueKind.Array)
            return [];
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (JsonElement item in list.EnumerateArray())
        {
            Severity severity = Text(item, "severity") switch
            {
                "error" => Severity.Error,
                "warning" => Severity.Warning,
                _ => Severity.Notice,
            };
            findings.Add(new Finding(
                severity, Text(item, "subject") ?? "", Text(item, "field") ?? "", Text(item, "reason") ?? "",
                Text(item, "message") ?? ""));
            if (findings.Count == PublishingLimits.FindingsMax)
                break;
        }
        return findings.ToImmutable();
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
