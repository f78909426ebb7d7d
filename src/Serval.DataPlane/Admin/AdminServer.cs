using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Serval.Common.Monitoring;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Config.Wire;

namespace Serval.DataPlane.Admin;

/// <summary>
/// The admin API over HTTP/1.1: health, configuration, reload, metrics, explain. Runs on the thread pool,
/// never on a worker. <see cref="AdminGate"/> decides who is let in. Bounds: <see cref="AdminLimits"/>.
/// </summary>
public sealed class AdminServer : IAsyncDisposable
{
    private const string VersionHeader = "Serval-Version";
    private const string WaitingHeader = "Serval-Waiting-Certificates";

    // Whether the explained request would be answered by an endpoint or a redirect.
    private const string AnsweredHeader = "Serval-Answered";
    private readonly AdminOptions _options;
    private readonly AdminSources _sources;
    private readonly Explainer _explainer = new();
    private SlimServer? _server;

    private AdminServer(AdminOptions options, AdminSources sources)
    {
        _options = options;
        _sources = sources;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint => _server!.Endpoints[0];

    /// <summary>Starts listening.</summary>
    /// <exception cref="ArgumentException">The options would let anyone in.</exception>
    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public static async Task<AdminServer> StartAsync(
        AdminOptions options, AdminSources sources, ILoggerFactory loggers, CancellationToken stop)
    {
        if (options.FindFault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        AdminServer admin = new(options, sources);
        admin._server = await SlimServer.StartAsync(
            [options.Endpoint], Bound, admin.AnswerAsync, loggers, stop, options.Tls?.ToHandshake());
        return admin;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _explainer.Dispose();
    }

    private static void Bound(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = AdminLimits.ConnectionsMax;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = AdminLimits.ConfigBytesMax;
        limits.MaxRequestHeadersTotalSize = AdminLimits.HeaderBytesMax;
        limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(AdminLimits.HeaderTimeoutMs);
        limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(AdminLimits.IdleTimeoutMs);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted);
        limit.CancelAfter(AdminLimits.RequestTimeoutMs);
        try
        {
            if (AdminGate.FindRefusal(http, _options) is { } refusal)
                await AdminAnswers.ErrorAsync(http, refusal.Status, refusal.Message, limit.Token);
            else
                await RouteAsync(http, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException fault)
        {
            await AdminAnswers.ErrorAsync(http, fault.StatusCode, fault.Message, limit.Token);
        }
    }

    private Task RouteAsync(HttpContext http, CancellationToken stop) => http.Request.Path.Value switch
    {
        "/" or "/page.css" or "/page.js" => Allow(http, "GET", stop) ?? StatusPage.AnswerAsync(http, stop),
        "/healthz" => Allow(http, "GET", stop) ?? AdminAnswers.TextAsync(http, 200, "ok\n", stop),
        "/readyz" => Allow(http, "GET", stop) ?? ReadinessAsync(http, stop),
        "/metrics" => Allow(http, "GET", stop) ?? MetricsAsync(http, stop),
        "/explain" => Allow(http, "GET", stop) ?? ExplainAsync(http, stop),
        "/findings" => Allow(http, "GET", stop) ?? FindingsAsync(http, stop),
        "/status" when _sources.Status is { } status => Allow(http, "GET", stop)
            ?? AdminAnswers.BytesAsync(http, 200, "application/json", status(), stop),
        "/routers" when _sources.Routers is { } routers => Allow(http, "GET", stop)
            ?? AdminAnswers.BytesAsync(http, 200, "application/json", routers(), stop),
        "/certs" when _sources.Certificates is { } certificates => Allow(http, "GET", stop)
            ?? AdminAnswers.BytesAsync(
                http, 200, "application/json", CertificateJson.Write(certificates()), stop),
        "/secrets" when _sources.PutSecrets is not null => Allow(http, "PUT", stop)
            ?? PutSecretsAsync(http, stop),
        "/reload" when _sources.Reload is not null => Allow(http, "POST", stop) ?? ReloadAsync(http, stop),
        "/reload" =>
        AdminAnswers.ErrorAsync(http, 404, "This role takes PUT /config; it has no files to reload.", stop),
        "/config" when HttpMethods.IsPut(http.Request.Method) && _sources.Publish is not null =>
        PublishAsync(http, stop),
        "/config" =>
        Allow(http, _sources.Publish is null ? "GET" : "GET, PUT", stop) ?? ConfigAsync(http, stop),
        _ =>
        AdminAnswers.ErrorAsync(
            http, 404,
            "There is no such path here. The paths are / /healthz /readyz /status /config /certs /findings "
                + "/reload /metrics /explain.", stop),
    };

    private static Task? Allow(HttpContext http, string methods, CancellationToken stop)
    {
        string method = HttpMethods.IsHead(http.Request.Method) ? "GET" : http.Request.Method;
        if (Array.IndexOf(methods.Split(", "), method) >= 0)
            return null;
        http.Response.Headers.Allow = methods;
        return AdminAnswers.ErrorAsync(http, 405, $"Only {methods} is allowed here.", stop);
    }

    private Task FindingsAsync(HttpContext http, CancellationToken stop)
    {
        TellState(http);
        return AdminAnswers.FindingsAsync(http, _sources.Findings(), stop);
    }

    private Task ReadinessAsync(HttpContext http, CancellationToken stop)
    {
        TellState(http);
        return _sources.NotReadyReason() is { } reason
            ? AdminAnswers.TextAsync(http, 503, reason + "\n", stop)
            : AdminAnswers.TextAsync(http, 200, "ready\n", stop);
    }

    // Tells a gateway cheaply whether this router has kept step.
    private void TellState(HttpContext http)
    {
        if (_sources.Live() is { } live)
            http.Response.Headers[VersionHeader] = live.Version;
        int waiting = _sources.WaitingCertificates?.Invoke() ?? 0;
        if (waiting > 0)
            http.Response.Headers[WaitingHeader] = waiting.ToString(CultureInfo.InvariantCulture);
    }

    private Task ConfigAsync(HttpContext http, CancellationToken stop) => _sources.Live() is { } live
        ? AdminAnswers.SnapshotAsync(http, live, stop)
        : AdminAnswers.ErrorAsync(http, 404, "No configuration is live yet.", stop);

    private async Task MetricsAsync(HttpContext http, CancellationToken stop)
    {
        MetricsFormat format = MetricsFormats.Choose(http.Request.Headers.Accept);
        using MemoryStream text = new();
        await _sources.WriteMetricsAsync(text, format, stop);
        http.Response.Headers.Vary = "Accept";
        await AdminAnswers.BytesAsync(
            http, 200, MetricsFormats.ContentTypeOf(format),
            text.GetBuffer().AsMemory(0, (int)text.Length), stop);
    }

    private async Task ExplainAsync(HttpContext http, CancellationToken stop)
    {
        IQueryCollection query = http.Request.Query;
        string method = query["method"].Count == 0 ? "GET" : query["method"].ToString();
        string? serverName = query["sni"].Count == 0 ? null : query["sni"].ToString();
        string?[] headers = query["h"].ToArray();
        if (_sources.Live() is not { } live)
            await AdminAnswers.ErrorAsync(http, 404, "No configuration is live yet.", stop);
        else if (!ExplainRequest.TryParse(method, query["url"].ToString(), serverName, headers!,
            out ExplainRequest? request, out string fault))
            await AdminAnswers.ErrorAsync(http, 400, fault, stop);
        else
            await ExplainAsync(http, live, request, stop);
    }

    private Task ExplainAsync(HttpContext http, Snapshot live, ExplainRequest request, CancellationToken stop)
    {
        if (_explainer.Explain(live, request, _sources.Options) is { } explanation)
        {
            http.Response.Headers[AnsweredHeader] = explanation.IsServed ? "yes" : "no";
            return AdminAnswers.WantsJson(http)
                ? AdminAnswers.BytesAsync(http, 200, "application/json", explanation.ToJson(), stop)
                : AdminAnswers.TextAsync(http, 200, explanation.ToText(), stop);
        }

        http.Response.Headers.RetryAfter = "1";
        return AdminAnswers.ErrorAsync(
            http, 503, "Too many explanations are being written. Ask again.", stop);
    }

    private async Task ReloadAsync(HttpContext http, CancellationToken stop) =>
        await AdminAnswers.AppliedAsync(http, await _sources.Reload!(stop), stop);

    private async Task PublishAsync(HttpContext http, CancellationToken stop)
    {
        IHeaderDictionary headers = http.Request.Headers;
        PushTerm? term = PushTerm.Parse(
            headers[PushTerm.EpochHeader], headers[PushTerm.GenerationHeader], out string? fault);
        if (fault is not null)
        {
            await AdminAnswers.ErrorAsync(http, 400, fault, stop);
            return;
        }

        ReadOnlyMemory<byte> body = await ReadBodyAsync(http.Request, stop);
        ImmutableArray<Finding> findings;
        if (_sources.PublishDelta is not null && SnapshotJson.IsDelta(body.Span))
        {
            if (SnapshotJson.ReadDelta(body.Span, out findings) is { } delta)
                await AdminAnswers.PushedAsync(
                    http, await _sources.PublishDelta!(delta, term, stop), delta.BaseVersion, stop);
            else
                await AdminAnswers.FindingsAsync(
                    http, 400, "The body is not a delta. The live configuration stays.", findings, stop);
        }
        else if (SnapshotJson.Read(body.Span, out findings) is { } snapshot)
            await AdminAnswers.PushedAsync(http, await _sources.Publish!(snapshot, term, stop), null, stop);
        else
            await AdminAnswers.FindingsAsync(
                http, 400, "The body is not a snapshot. The live configuration stays.", findings, stop);
    }

    private async Task PutSecretsAsync(HttpContext http, CancellationToken stop)
    {
        Memory<byte> body = await ReadBodyAsync(http.Request, stop);
        SecretsPush? push;
        ImmutableArray<Finding> findings;
        try
        {
            push = SecretsJson.Read(body.Span, out findings);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body.Span);
        }

        if (push is null)
        {
            await AdminAnswers.FindingsAsync(
                http, 400, "The body is not a push of secrets. What is held stays.", findings, stop);
            return;
        }

        findings = await _sources.PutSecrets!(push, stop);
        await AdminAnswers.SecretsTakenAsync(http, findings, stop);
    }

    private static async Task<Memory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken stop)
    {
        // Kestrel holds the body to ConfigBytesMax: it throws BadHttpRequestException with status 413 beyond.
        using MemoryStream body = new((int)Math.Min(request.ContentLength ?? 0, AdminLimits.ConfigBytesMax));
        await request.Body.CopyToAsync(body, stop);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
