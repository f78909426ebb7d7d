using Microsoft.AspNetCore.Http;
using Serval.Common.Access;
using Serval.Common.Monitoring;
using Serval.VppBridge.Reconciling;

namespace Serval.VppBridge.Serving;

/// <summary>The admin listener: probes and metrics, which need no credentials, and nothing else. The Host
/// header must be localhost or an IP address, which is what kubelet and Prometheus say.</summary>
internal sealed class AdminAnswers(Reconciler reconciler, BridgeMetrics metrics)
{
    // Problems told by /readyz.
    private const int ToldMax = 20;

    /// <summary>Answers one request.</summary>
    public Task AnswerAsync(HttpContext http)
    {
        (int code, string body) = LocalHosts.Allow(http.Request.Host.Host)
            ? Answer(http.Request.Path.Value)
            : (StatusCodes.Status403Forbidden, LocalHosts.Refusal + "\n");
        http.Response.StatusCode = code;
        if (body.Length > 0)
        {
            http.Response.ContentType = "text/plain; charset=utf-8";
            return http.Response.WriteAsync(body, http.RequestAborted);
        }
        MetricsFormat format = MetricsFormats.Choose(http.Request.Headers.Accept);
        http.Response.ContentType = MetricsFormats.ContentTypeOf(format);
        http.Response.Headers.Vary = "Accept";
        return metrics.WriteAsync(http.Response.Body, format, http.RequestAborted);
    }

    // Of metrics, which are written as they are collected, the body is empty here.
    private (int Code, string Body) Answer(string? path)
    {
        BridgeStatus status = reconciler.Status;
        return path switch
        {
            "/healthz" => (StatusCodes.Status200OK, "ok\n"),
            "/readyz" when status.IsReady => (StatusCodes.Status200OK, "ok\n"),
            "/readyz" => (
                StatusCodes.Status503ServiceUnavailable,
                status.Transport is null
                    ? $"VPP is away since {status.Since:O}: {status.Problem}\n"
                    : string.Join('\n', status.Drift.Take(ToldMax)) + "\n"),
            "/metrics" => (StatusCodes.Status200OK, ""),
            _ => (StatusCodes.Status404NotFound, "not found\n"),
        };
    }
}
