namespace Serval.DataPlane.Workers;

/// <summary>What another thread asks of a worker.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Socket">Id of the listening socket, where it matters.</param>
/// <param name="Descriptor">Its descriptor for this worker, where it is new.</param>
/// <param name="Port">Its port, for X-Forwarded-Port.</param>
/// <param name="Sequence">
/// The snapshot that a socket comes or goes with: nothing is done before the worker has adopted it.
/// </param>
internal readonly record struct WorkerMessage(
    WorkerMessageKind Kind, int Socket = 0, int Descriptor = 0, int Port = 0, long Sequence = 0);
