namespace Serval.DataPlane.Tls;

/// <summary>Where a step of a TLS session has stopped.</summary>
internal enum TlsProgress
{
    /// <summary>The handshake is complete, or everything is sealed.</summary>
    IsDone,

    /// <summary>More must come from the peer.</summary>
    NeedsMore,

    /// <summary>Others must take bytes first.</summary>
    IsBlocked,

    /// <summary>The peer has said that nothing more comes.</summary>
    IsEnded,

    /// <summary>The session has failed; an alert may be waiting to be sent.</summary>
    IsBroken,
}
