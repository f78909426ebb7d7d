namespace Serval.DataPlane.Tls;

/// <summary>Facts about a TLS session.</summary>
[Flags]
internal enum TlsFlags : ushort
{
    None = 0,

    /// <summary>The handshake is complete: bytes can be opened and sealed.</summary>
    IsEstablished = 1 << 0,

    /// <summary>It is the client of the two: it goes to an endpoint.</summary>
    IsClient = 1 << 1,

    /// <summary>The peer has said that nothing more comes (close_notify).</summary>
    IsPeerEnded = 1 << 2,

    /// <summary>We have said so.</summary>
    IsNotified = 1 << 3,

    /// <summary>It has failed: nothing can be opened or sealed any more.</summary>
    IsBroken = 1 << 4,

    /// <summary>A whole record waits because the plain bytes before it were not taken yet.</summary>
    IsBlocked = 1 << 5,

    /// <summary>A part of a record is left in OpenSSL.</summary>
    HasPending = 1 << 6,

    /// <summary>It is in the row of handshakes that can go on.</summary>
    IsReady = 1 << 7,

    /// <summary>It counts as a handshake in progress.</summary>
    IsInProgress = 1 << 8,

    /// <summary>The connection's half ends once what is sealed is sent.</summary>
    IsShutdownDue = 1 << 9,

    /// <summary>The client showed a certificate that is valid.</summary>
    HasClientCertificate = 1 << 10,

    /// <summary>The wire's end was seen; what it brought before may still be sealed.</summary>
    IsWireEnded = 1 << 11,

    /// <summary>The connection is closed once what is sealed is sent.</summary>
    IsCloseDue = 1 << 12,

    /// <summary>It answers a challenge (RFC 8737): the connection is closed after the handshake.</summary>
    IsChallenge = 1 << 13,
}
