namespace Serval.Simulation.Tests.Actors;

/// <summary>What a client has got for one of its requests.</summary>
internal enum Delivery
{
    /// <summary>Not sent, because the connection had ended before.</summary>
    NotSent,

    /// <summary>Nothing: the connection ended.</summary>
    Nothing,

    /// <summary>A part of a response, and the end.</summary>
    Part,

    /// <summary>A whole response of the upstream's.</summary>
    Upstream,

    /// <summary>A whole answer of Serval's own.</summary>
    Local,

    /// <summary>It still waits.</summary>
    Waiting,
}
