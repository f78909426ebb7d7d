using System.Net.Security;

namespace Serval.Grpc.Calling;

/// <summary>How a channel reaches a server, and its bounds.</summary>
public sealed record GrpcChannelOptions
{
    /// <summary>The path of a unix socket to connect to instead of the address.</summary>
    public string? UnixSocketPath { get; init; }

    /// <summary>TLS settings for an <c>https</c> address: trust, and the client's certificate for mutual
    /// TLS.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>The largest message taken, in bytes.</summary>
    public int ReceiveBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest message sent, in bytes.</summary>
    public int SendBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The deadline of a unary call that sets none.</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection attempt may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Compress requests with gzip.</summary>
    public bool CompressRequests { get; init; }

    /// <summary>Metadata for every call, such as a bearer token.</summary>
    public GrpcMetadata? Metadata { get; init; }

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
