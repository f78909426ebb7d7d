using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Swapping;

// Listening sockets: opened before the snapshot that needs them is current, closed once none does.
internal sealed partial class Publisher
{
    private readonly SocketSet _sockets = new(opener ?? new MachineSockets(timeouts.UnacknowledgedMs));
    private bool _hasAllSockets;
    private int _openSockets;
    private int _wantedSockets;

    /// <summary>
    /// Listening sockets that are open, and how many the newest snapshot needs. Any thread.
    /// </summary>
    public (int Open, int Wanted) Sockets =>
        (Volatile.Read(ref _openSockets), Volatile.Read(ref _wantedSockets));

    /// <summary>
    /// Tries again for the sockets that could not be opened. Returns those that now are, for the log.
    /// </summary>
    public ImmutableArray<string> RetrySockets()
    {
        lock (_lock)
        {
            if (_isClosed || _hasAllSockets || _newest is null || !HasRoomStill(_newest.Source)) return [];
            Dictionary<SocketKey, Listener> wanted = SocketSet.Wanted(_newest.Source);
            List<OpenedSocket> opened = OpenSockets(wanted, ImmutableArray.CreateBuilder<Finding>());
            if (opened.Count == 0) return [];
            PublishTables(_newest, wanted, opened);
            Sweep();
            return [.. opened.ConvertAll(socket => socket.Key.ToString())];
        }
    }

    private List<OpenedSocket> OpenSockets(
        Dictionary<SocketKey, Listener> wanted, ImmutableArray<Finding>.Builder findings)
    {
        List<OpenedSocket> opened = [];
        foreach ((SocketKey key, Listener listener) in wanted)
        {
            if (_sockets.Ids.ContainsKey(key)) continue;
            string? failure = _sockets.TryOpen(key, workers.Length, TimesClosed, out int[] descriptors);
            int id = failure is null ? _sockets.Reserve(key, TimesClosed) : -1;
            if (id >= 0)
            {
                opened.Add(new OpenedSocket(key, id, descriptors));
                continue;
            }

            if (failure is null) _sockets.GiveUp(descriptors);
            failure ??= $"there are {Limits.ListenSockets} listening sockets already; "
                + "use fewer addresses or ports.";
            findings.Add(new Finding(
                Severity.Error, $"Listener {listener.Name}", "port", "AddressNotUsable",
                $"cannot listen on {key}: {failure} Serval tries again every second."));
        }

        _unopened = findings.ToImmutable();
        _hasAllSockets = findings.Count == 0;
        Volatile.Write(ref _wantedSockets, wanted.Count);
        Volatile.Write(ref _openSockets, wanted.Count - findings.Count);
        return opened;
    }

    // Returns the ids of the sockets that workers are told to close.
    private List<int> CloseSockets(Dictionary<SocketKey, Listener> wanted, long sequence)
    {
        List<SocketKey> unwanted = [];
        foreach (SocketKey key in _sockets.Ids.Keys)
        {
            if (!wanted.ContainsKey(key)) unwanted.Add(key);
        }

        List<int> ids = unwanted.ConvertAll(key => _sockets.Ids[key]);
        foreach (SocketKey key in unwanted)
        {
            foreach (IAdopter worker in workers)
                worker.Send(new WorkerMessage(
                    WorkerMessageKind.RemoveSocket, _sockets.Ids[key], Sequence: sequence));
            _sockets.Remove(key);
        }

        return ids;
    }

    private int TimesClosed(int id)
    {
        int least = int.MaxValue;
        foreach (IAdopter worker in workers) least = Math.Min(least, worker.TimesClosed(id));
        return least;
    }
}
