namespace Serval.Simulation.Tests.Actors;

/// <summary>What a client does wrong with one exchange.</summary>
internal enum ClientFault
{
    None,

    /// <summary>It resets, closes its half, or goes silent after so many bytes of its request.</summary>
    Resets,
    Ends,
    Stalls,

    /// <summary>It resets after so many bytes of the response, or stops reading there.</summary>
    ResetsReading,
    StallsReading,

    /// <summary>What it sends is not HTTP.</summary>
    Garbles,
}
