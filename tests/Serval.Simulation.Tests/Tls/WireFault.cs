namespace Serval.Simulation.Tests.Tls;

/// <summary>What becomes of the wire behind so many of a peer's bytes.</summary>
internal enum WireFault
{
    None,

    /// <summary>The peer closes its socket, resets it, ends its half, or says no more.</summary>
    Closes,
    Resets,
    Ends,
    Stops,

    /// <summary>A bit of the next byte is another.</summary>
    Flips,

    /// <summary>The rest comes later.</summary>
    Pauses,
}
