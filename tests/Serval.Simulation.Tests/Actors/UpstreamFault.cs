namespace Serval.Simulation.Tests.Actors;

/// <summary>What an upstream does wrong with one exchange.</summary>
internal enum UpstreamFault
{
    None,

    /// <summary>It resets, or closes, after so many bytes of its response.</summary>
    Resets,
    Closes,

    /// <summary>It says no more after so many bytes of its response.</summary>
    Stalls,

    /// <summary>Its head, or its framing, cannot be read.</summary>
    BreaksHead,
    BreaksChunk,

    /// <summary>It answers before it has read the body, which it reads nevertheless.</summary>
    AnswersEarly,

    /// <summary>Interim responses without end.</summary>
    FloodsInterims,

    /// <summary>It resets before it has read the request.</summary>
    ResetsAtOnce,

    /// <summary>
    /// It begins to answer before it has read the body, and waits with the rest for its end.
    /// </summary>
    StallsEarly,

    /// <summary>It begins to answer before it has read the body, reads no more, and resets soon.</summary>
    ResetsInAnswer,

    /// <summary>It reads no more of the request.</summary>
    StopsReading,
}
