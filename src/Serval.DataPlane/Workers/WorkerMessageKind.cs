namespace Serval.DataPlane.Workers;

/// <summary>Kinds of messages to a worker.</summary>
internal enum WorkerMessageKind
{
    /// <summary>Accept on a listening socket.</summary>
    AddSocket,

    /// <summary>
    /// Stop accepting on it and close it. Its connections end: idle ones at once, others behind the answer
    /// that is due.
    /// </summary>
    RemoveSocket,

    /// <summary>Accept no more; end every exchange in progress, then its connection.</summary>
    Drain,

    /// <summary>Cut off what is left and end the thread.</summary>
    Stop,
}
