namespace Serval.DataPlane.Transports;

/// <summary>How far a transport is.</summary>
internal enum TransportState : byte
{
    /// <summary>Not leased.</summary>
    Free,

    /// <summary>An armed accept will fill it.</summary>
    Accepting,

    /// <summary>It is being established.</summary>
    Connecting,

    /// <summary>The connection to an endpoint stands, and TLS is being established on it.</summary>
    Securing,

    /// <summary>Bytes flow.</summary>
    Open,

    /// <summary>What was to be said is said; what the peer still sends is dropped.</summary>
    Lingering,

    /// <summary>Waiting for its operations to end, then closed.</summary>
    Closing,
}
