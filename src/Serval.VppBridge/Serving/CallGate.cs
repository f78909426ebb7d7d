using System.Diagnostics;
using System.Globalization;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Serval.VppBridge.Serving;

/// <summary>
/// What stands before every gRPC call: calls in flight are bounded, callers are authorised before their body
/// is read, unary deadlines are capped, calls end when the server stops, and each is counted. Thread: any.
/// </summary>
/// <param name="bounds">The bounds.</param>
/// <param name="authorize">Decides whether a call may go on; the health service is asked about too.</param>
/// <param name="ended">Told once for each call: method, status, time taken.</param>
/// <param name="stopping">Fires when the server stops.</param>
internal sealed class CallGate(
    CallBounds bounds, Func<HttpContext, Status> authorize, Action<string, StatusCode, TimeSpan> ended,
    CancellationToken stopping)
{
    private const string StatusHeader = "grpc-status";
    private const string TimeoutHeader = "grpc-timeout";
    private int _inFlightCount;

    /// <summary>Lets a call through, or refuses it.</summary>
    public async Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        long start = Stopwatch.GetTimestamp();
        GrpcMethodMetadata? method = http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>();
        CancellationToken aborted = http.RequestAborted;
        try
        {
            Status status = Interlocked.Increment(ref _inFlightCount) > bounds.CallsMax
                ? new Status(StatusCode.ResourceExhausted, "too many calls at once, try again")
                : Admit(http, method);
            if (status.StatusCode == StatusCode.OK)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, stopping);
                http.RequestAborted = either.Token;
                await next(http).ConfigureAwait(false);
            }
            else
            {
                Refuse(http.Response, status);
            }
        }
        finally
        {
            http.RequestAborted = aborted;
            Interlocked.Decrement(ref _inFlightCount);

            // Paths that are not served come from strangers: they may not become a series each.
            ended(method?.Method.FullName ?? "unknown", CodeOf(http), Stopwatch.GetElapsedTime(start));
        }
    }

    private Status Admit(HttpContext http, GrpcMethodMetadata? method)
    {
        Status status = authorize(http);
        if (status.StatusCode != StatusCode.OK)
            return status;
        string header = http.Request.Headers[TimeoutHeader].ToString();
        TimeSpan asked = TimeSpan.MaxValue;
        if (header.Length > 0 && !GrpcTimeout.TryParse(header, out asked))
            return new Status(StatusCode.InvalidArgument, "grpc-timeout is malformed");
        if (method?.Method.Type == MethodType.Unary && asked > bounds.UnaryDeadlineMax)
            http.Request.Headers[TimeoutHeader] = GrpcTimeout.Format(bounds.UnaryDeadlineMax);
        return Status.DefaultSuccess;
    }

    // A response without a message has its status in the headers ("Trailers-Only").
    private static void Refuse(HttpResponse response, Status status)
    {
        response.ContentType = "application/grpc";
        response.Headers[StatusHeader] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(status.Detail);
    }

    private static StatusCode CodeOf(HttpContext http)
    {
        string header = http.Response.Headers[StatusHeader].ToString();
        if (header.Length == 0 && http.Features.Get<IHttpResponseTrailersFeature>() is { } feature)
            header = feature.Trailers[StatusHeader].ToString();
        return int.TryParse(header, CultureInfo.InvariantCulture, out int code) ? (StatusCode)code
            : http.RequestAborted.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.Unknown;
    }
}
