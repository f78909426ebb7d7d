namespace Serval.DataPlane.Workers;

/// <summary>What a connection slot is used for, and how far it is.</summary>
internal enum ConnectionRole : byte
{
    /// <summary>Not leased.</summary>
    Free,

    /// <summary>An armed accept will fill it.</summary>
    Accepting,

    /// <summary>A client's connection between exchanges, or while a head arrives.</summary>
    Downstream,

    /// <summary>A client's connection with an exchange.</summary>
    DownstreamBusy,

    /// <summary>
    /// A client's connection whose last answer is being delivered; what it still sends is dropped.
    /// </summary>
    Lingering,

    /// <summary>An upstream connection being established.</summary>
    Connecting,

    /// <summary>An upstream connection with an exchange.</summary>
    UpstreamBusy,

    /// <summary>An upstream connection in its pool.</summary>
    UpstreamIdle,

    /// <summary>Waiting for its operations to end, then closed.</summary>
    Closing,
}
