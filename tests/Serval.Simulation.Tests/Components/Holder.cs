using Serval.DataPlane.Swapping;
using Serval.DataPlane.Workers;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// A worker, as a publisher sees it, that adopts, frees and closes at once unless it is told to be slower.
/// </summary>
internal sealed class Holder : IAdopter
{
    private int _asked;
    private int _askedToClose;

    public int Held { get; set; } = -1;

    public bool HoldsAll { get; set; }

    public int AdoptsWhenAsked { get; set; }

    public int ClosesWhenAsked { get; set; }

    public long ReadsFrom { get; set; } = long.MaxValue;

    public bool IsEnded { get; set; }

    public int Wakes { get; private set; }

    public int Closes { get; private set; }

    public List<WorkerMessage> Messages { get; } = [];

    public IEnumerable<int> Added => Messages
        .Where(message => message.Kind == WorkerMessageKind.AddSocket).Select(message => message.Socket);

    public long AdoptedSnapshot => Wakes == 0 || _asked++ < AdoptsWhenAsked ? -1 : long.MaxValue;

    public long AdoptedDirectory { get; set; } = long.MaxValue;

    public bool MayFree(long sequence) => sequence < ReadsFrom;

    public int EndpointConnections(int endpoint) => HoldsAll || endpoint == Held ? 1 : 0;

    public int TimesClosed(int socket)
    {
        int removed = Messages.Count(message =>
            message.Kind == WorkerMessageKind.RemoveSocket && message.Socket == socket);
        if (removed == 0 || _askedToClose++ < ClosesWhenAsked) return 0;
        return Closes = removed;
    }

    public void Send(WorkerMessage message) => Messages.Add(message);

    public void Wake() => Wakes++;

    public void Forget() => (_asked, Wakes) = (0, 0);
}
