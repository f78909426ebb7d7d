namespace Serval.DataPlane.Transports;

/// <summary>Who is told what happens to a transport. The worker's dispatch asks.</summary>
internal enum TransportOwner : byte
{
    /// <summary>Nobody but the transports themselves.</summary>
    None,

    /// <summary>A client's, between exchanges or while a head arrives.</summary>
    Heads,

    /// <summary>A leg of an exchange.</summary>
    Exchange,

    /// <summary>An endpoint's pool: idle, or dialled on trial.</summary>
    Pool,

    /// <summary>A client's whose first bytes say what becomes of it, a ClientHello for instance.</summary>
    Opening,

    /// <summary>A client's whose TLS handshake is under way.</summary>
    Handshake,

    /// <summary>A copy of a request.</summary>
    Mirror,
}
