namespace Serval.Grpc.Calling;

/// <summary>Settings of one call.</summary>
public sealed record GrpcCallOptions
{
    /// <summary>How long the call may take; unary calls fall back to the channel's default, streams to no
    /// limit.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Metadata for this call.</summary>
    public GrpcMetadata? Metadata { get; init; }

    /// <summary>Told the trailing metadata once the call has succeeded.</summary>
    public Action<GrpcMetadata>? Trailers { get; init; }
}
