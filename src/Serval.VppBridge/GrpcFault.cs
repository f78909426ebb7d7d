using Grpc.Core;

namespace Serval.VppBridge;

/// <summary>Refusals of calls.</summary>
internal static class GrpcFault
{
    /// <summary>An exception that ends a call.</summary>
    /// <param name="code">Why; callers decide by it whether to try again.</param>
    /// <param name="detail">The field, what is wrong with it, and what would be right.</param>
    public static RpcException Of(StatusCode code, string detail) => new(new Status(code, detail));
}
