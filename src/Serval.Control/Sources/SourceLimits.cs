namespace Serval.Control.Sources;

/// <summary>Every bound on what is read from an API server beside those of a single watch.</summary>
internal static class SourceLimits
{
    /// <summary>
    /// Batches that wait to be translated; full: watches read no further until there is room.
    /// </summary>
    public const int WaitingBatches = 256;

    /// <summary>Batches that are translated together.</summary>
    public const int BatchesAtOnce = 256;

    /// <summary>
    /// Objects that are watched one by one because others refer to them (Secrets, Nodes); further ones are
    /// left out with an error in the log.
    /// </summary>
    public const int ReferencedMax = 1_000;

    /// <summary>Time that the first configuration waits for referenced objects that cannot be read.</summary>
    public const int ReferencedWaitMs = 10_000;
}
