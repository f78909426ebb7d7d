namespace Serval.DataPlane.Exchanges;

/// <summary>Where moving a body has stopped.</summary>
internal enum BodyProgress
{
    /// <summary>All that has come is moved; more must come.</summary>
    NeedsMore,

    /// <summary>The other side must take some first.</summary>
    IsBlocked,

    /// <summary>
    /// All data is moved, and the end is here with the trailers before it: the exchange decides about them.
    /// </summary>
    IsAtEnd,

    /// <summary>The body is moved whole.</summary>
    IsDone,

    /// <summary>The framing is broken.</summary>
    IsRejected,

    /// <summary>No buffer was left for what had to be written.</summary>
    IsOutOfBuffers,
}
