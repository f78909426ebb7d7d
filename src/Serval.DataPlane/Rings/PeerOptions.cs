namespace Serval.DataPlane.Rings;

/// <summary>
/// Socket options of every connection, to clients and to endpoints. A peer that vanished without a word is
/// found out: while it is silent by keep-alive, while bytes are due to it by TCP_USER_TIMEOUT (tcp(7)).
/// </summary>
internal static class PeerOptions
{
    /// <summary>SOL_SOCKET.</summary>
    public const int SocketLevel = 1;

    /// <summary>How many options there are.</summary>
    public const int Count = 5;

    private const int TcpLevel = 6;
    private const int KeepAlive = 9;
    private const int TcpNoDelay = 1;
    private const int TcpKeepIdle = 4;
    private const int TcpKeepInterval = 5;
    private const int TcpUserTimeout = 18;

    /// <summary>The options, each with its level and value; TCP_NODELAY is the first.</summary>
    /// <param name="unacknowledgedMs">How long a peer may leave bytes unacknowledged.</param>
    public static (int Level, int Name, int Value)[] Of(int unacknowledgedMs) =>
    [
        (TcpLevel, TcpNoDelay, 1),
        (SocketLevel, KeepAlive, 1),
        (TcpLevel, TcpKeepIdle, Limits.KeepAliveIdleSeconds),
        (TcpLevel, TcpKeepInterval, Limits.KeepAliveIntervalSeconds),
        (TcpLevel, TcpUserTimeout, unacknowledgedMs),
    ];
}
