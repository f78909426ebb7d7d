using Tmds.Linux;

namespace Serval.DataPlane.Rings;

/// <summary>
/// Socket options of every connection, to clients and to endpoints. A peer that vanished without a word is
/// found out: while it is silent by keep-alive, while bytes are due to it by TCP_USER_TIMEOUT (tcp(7)).
/// </summary>
internal static class PeerOptions
{
    /// <summary>How many options there are.</summary>
    public const int Count = 5;

    /// <summary>The options, each with its level and value; TCP_NODELAY is the first.</summary>
    /// <param name="unacknowledgedMs">How long a peer may leave bytes unacknowledged.</param>
    public static (int Level, int Name, int Value)[] Of(int unacknowledgedMs) =>
    [
        (LibC.IPPROTO_TCP, LibC.TCP_NODELAY, 1),
        (LibC.SOL_SOCKET, LibC.SO_KEEPALIVE, 1),
        (LibC.IPPROTO_TCP, LibC.TCP_KEEPIDLE, Limits.KeepAliveIdleSeconds),
        (LibC.IPPROTO_TCP, LibC.TCP_KEEPINTVL, Limits.KeepAliveIntervalSeconds),
        (LibC.IPPROTO_TCP, LibC.TCP_USER_TIMEOUT, unacknowledgedMs),
    ];
}
