namespace Serval.Grpc;

/// <summary>Ends a call with a status other than OK, on either side.</summary>
public sealed class GrpcException : Exception
{
    /// <summary>Ends a call with <paramref name="code"/>.</summary>
    public GrpcException(GrpcStatusCode code, string detail)
        : this(new GrpcStatus(code, detail), [])
    {
    }

    /// <summary>Ends a call with a status and trailing metadata.</summary>
    public GrpcException(GrpcStatus status, GrpcMetadata trailers)
        : base(status.ToString())
    {
        Status = status;
        Trailers = trailers;
    }

    /// <summary>The status of the call.</summary>
    public GrpcStatus Status { get; }

    /// <summary>The metadata that came, or is to go, with the status.</summary>
    public GrpcMetadata Trailers { get; }

    /// <summary>The code of <see cref="Status"/>.</summary>
    public GrpcStatusCode Code => Status.Code;
}
