using Grpc.Core;

namespace Serval.CommandLine.Vpp;

/// <summary>How <c>serval vpp</c> ends, for scripts. The numbers are documented and stay.</summary>
internal static class ExitCode
{
    /// <summary>A fault of the bridge, or anything that has no number of its own.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a file makes no sense; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>What was named does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>The bridge or VPP refused; repeating it will not help.</summary>
    public const int Refused = 4;

    /// <summary>The bridge or VPP cannot be reached now; repeating it may help.</summary>
    public const int Unavailable = 5;

    /// <summary>The caller may not do this.</summary>
    public const int Denied = 6;

    /// <summary>The object is not as it was when it was read.</summary>
    public const int Aborted = 7;

    /// <summary>The exit code of a status.</summary>
    public static int Of(StatusCode code) => code switch
    {
        StatusCode.OK => 0,
        StatusCode.NotFound => NotFound,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition
            or StatusCode.AlreadyExists or StatusCode.OutOfRange => Refused,
        StatusCode.Unavailable or StatusCode.DeadlineExceeded
            or StatusCode.ResourceExhausted => Unavailable,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => Denied,
        StatusCode.Aborted => Aborted,
        _ => Failed,
    };
}
