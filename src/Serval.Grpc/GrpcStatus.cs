namespace Serval.Grpc;

/// <summary>A status code with the sentence that explains it.</summary>
/// <param name="Code">The code.</param>
/// <param name="Detail">What happened, for a person; empty when the code says it all.</param>
public readonly record struct GrpcStatus(GrpcStatusCode Code, string Detail)
{
    /// <summary>Success.</summary>
    public static GrpcStatus Ok => new(GrpcStatusCode.Ok, string.Empty);

    /// <inheritdoc/>
    public override string ToString() => Detail.Length == 0 ? Code.ToString() : $"{Code}: {Detail}";
}
