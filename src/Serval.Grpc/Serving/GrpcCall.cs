using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Serval.Grpc.Serving;

/// <summary>What a handler knows of the call it serves. Owner: the call; not shared.</summary>
public sealed class GrpcCall
{
    internal GrpcCall(HttpContext http, string path, TimeSpan? timeout, CancellationToken cancel)
    {
        Http = http;
        Path = path;
        Timeout = timeout;
        Cancel = cancel;
        foreach (KeyValuePair<string, StringValues> header in http.Request.Headers)
        {
            if (GrpcMetadata.IsReserved(header.Key))
                continue;
            foreach (string? value in header.Value)
                Request.AddReceived(header.Key, value ?? string.Empty);
        }
    }

    /// <summary>The method, as <c>/package.Service/Method</c>.</summary>
    public string Path { get; }

    /// <summary>The time the call was given at its start; null when it has no deadline.</summary>
    public TimeSpan? Timeout { get; }

    /// <summary>Fires when the caller cancels or goes away, when the deadline passes, or when the server
    /// stops.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>The metadata of the request.</summary>
    public GrpcMetadata Request { get; } = [];

    /// <summary>Metadata to send before the first message.</summary>
    public GrpcMetadata ResponseHeaders { get; } = [];

    /// <summary>Metadata to send with the status.</summary>
    public GrpcMetadata ResponseTrailers { get; } = [];

    /// <summary>The address of the caller; null on a unix socket.</summary>
    public IPAddress? RemoteAddress => Http.Connection.RemoteIpAddress;

    /// <summary>The certificate the caller proved to own; null without mutual TLS.</summary>
    public X509Certificate2? ClientCertificate => Http.Connection.ClientCertificate;

    internal HttpContext Http { get; }
}
