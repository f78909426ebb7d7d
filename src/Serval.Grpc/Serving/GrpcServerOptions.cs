namespace Serval.Grpc.Serving;

/// <summary>The bounds of a server. Each limit sheds with RESOURCE_EXHAUSTED or DEADLINE_EXCEEDED.</summary>
public sealed record GrpcServerOptions
{
    /// <summary>The largest message taken, in bytes, before and after decompression.</summary>
    public int ReceiveBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest message sent, in bytes.</summary>
    public int SendBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Calls in flight at once, streams included.</summary>
    public int ConcurrentCallsMax { get; init; } = 256;

    /// <summary>The deadline of a unary call whose caller sets none, and the longest one granted to
    /// it.</summary>
    public TimeSpan UnaryDeadlineMax { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Compress responses of at least a kilobyte for callers that accept gzip. Costs more than it
    /// saves on a fast network.</summary>
    public bool CompressResponses { get; init; }

    /// <summary>Decides whether a call may go on; the health service is asked about too.</summary>
    public Func<GrpcCall, GrpcStatus>? Authorize { get; init; }

    /// <summary>Told once for each call that ended: method path, status, time taken.</summary>
    public Action<string, GrpcStatusCode, TimeSpan>? Ended { get; init; }

    /// <summary>Told of an exception that a handler did not turn into a status.</summary>
    public Action<string, Exception>? Faulted { get; init; }

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
