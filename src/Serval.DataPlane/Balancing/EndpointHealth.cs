namespace Serval.DataPlane.Balancing;

/// <summary>Whether an endpoint takes exchanges, as one worker sees it.</summary>
internal enum EndpointHealth : byte
{
    /// <summary>It does.</summary>
    Healthy,

    /// <summary>It failed time and again and takes none until its time is over.</summary>
    Ejected,

    /// <summary>Its time is over: a connection is being established on trial, without an exchange.</summary>
    Dialled,

    /// <summary>The connection stands: one exchange at a time, and the first one decides.</summary>
    OnTrial,
}
