namespace Serval.DataPlane.Accounting;

/// <summary>How a TLS handshake failed. The names, in kebab-case, are metric labels.</summary>
internal enum HandshakeFailure : byte
{
    /// <summary>We refused it, with an alert.</summary>
    AlertSent,

    /// <summary>The peer refused it, with an alert.</summary>
    AlertReceived,

    /// <summary>The peer closed the connection.</summary>
    Closed,

    /// <summary>It took too long.</summary>
    TimedOut,

    /// <summary>Too many were in progress, and it was the oldest.</summary>
    Evicted,

    /// <summary>The endpoint's certificate has none of the names that count.</summary>
    WrongName,

    /// <summary>What is spoken was detected, and the port does not serve it.</summary>
    NotServed,

    /// <summary>What the peer sent is not TLS, and no alert was due.</summary>
    NotTls,

    /// <summary>
    /// No memory was left for it, or what it needs (a key that has not come) is not here.
    /// </summary>
    OutOfMemory,
}
