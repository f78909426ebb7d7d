using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// A worker as the publisher sees it: what it has taken up of what was published, what it still holds, and
/// how it is told. <see cref="WorkerThread"/> is one; the simulation's workers, which have no threads, are
/// others. Everything here may be read by any thread.
/// </summary>
internal interface IAdopter
{
    /// <summary>True once its thread has ended: it adopts nothing any more, and holds nothing.</summary>
    bool IsEnded { get; }

    /// <summary>The newest snapshot that it has adopted, by sequence.</summary>
    long AdoptedSnapshot { get; }

    /// <summary>The newest endpoint directory that it has adopted, by sequence.</summary>
    long AdoptedDirectory { get; }

    /// <summary>Whether it has gone past a snapshot and no exchange of its pins it.</summary>
    bool MayFree(long sequence);

    /// <summary>Its connections to an endpoint.</summary>
    int EndpointConnections(int endpoint);

    /// <summary>How often it has closed the listening socket of an id.</summary>
    int TimesClosed(int socket);

    /// <summary>Sends it a message.</summary>
    void Send(WorkerMessage message);

    /// <summary>Lets it look at what was published.</summary>
    void Wake();
}
