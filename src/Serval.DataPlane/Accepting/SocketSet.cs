using System.Net;
using Serval.Config.Model;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Accepting;

/// <summary>
/// The listening sockets of the router: opened and closed as snapshots ask for it, without touching the
/// others. Owner: the publisher. Thread: the publisher's. Bound: <see cref="Limits.ListenSockets"/>.
/// </summary>
/// <param name="opener">Where sockets come from.</param>
internal sealed class SocketSet(ISocketOpener opener)
{
    private const int AddressFamilyNotSupported = 97;
    private readonly Dictionary<SocketKey, int> _ids = [];
    private readonly int[] _timesAdded = new int[Limits.ListenSockets];
    private readonly bool[] _isUsed = new bool[Limits.ListenSockets];
    private readonly int[] _ports = new int[Limits.ListenSockets];

    /// <summary>Open sockets by key.</summary>
    public IReadOnlyDictionary<SocketKey, int> Ids => _ids;

    /// <summary>The sockets that a snapshot's listeners need.</summary>
    public static Dictionary<SocketKey, Listener> Wanted(Snapshot snapshot)
    {
        Dictionary<SocketKey, Listener> wanted = [];
        foreach (Listener listener in snapshot.Listeners)
        {
            foreach (SocketKey key in KeysOf(listener)) wanted.TryAdd(key, listener);
        }

        return wanted;
    }

    /// <summary>The sockets that a listener needs.</summary>
    public static IEnumerable<SocketKey> KeysOf(Listener listener)
    {
        if (listener.Addresses.IsDefaultOrEmpty)
        {
            yield return new SocketKey("", listener.Port);
            yield break;
        }

        foreach (string address in listener.Addresses) yield return new SocketKey(address, listener.Port);
    }

    /// <summary>
    /// Takes a free id for a key; -1 when there is none. Ids come back once every worker has closed its
    /// socket.
    /// </summary>
    /// <param name="key">Address and port.</param>
    /// <param name="timesClosed">How often a worker has closed its socket of an id, the least of all
    /// workers.</param>
    public int Reserve(SocketKey key, Func<int, int> timesClosed)
    {
        for (int id = 0; id < Limits.ListenSockets; id++)
        {
            if (_isUsed[id] || !IsClosed(id, timesClosed)) continue;
            _isUsed[id] = true;
            _ports[id] = key.Port;
            _ids[key] = id;
            return id;
        }

        return -1;
    }

    /// <summary>Says that the workers were told of an id's sockets.</summary>
    public void MarkAdded(int id) => _timesAdded[id]++;

    /// <summary>True once every worker has closed the socket that it was last told of under an id.</summary>
    public bool IsClosed(int id, Func<int, int> timesClosed) => timesClosed(id) >= _timesAdded[id];

    /// <summary>Gives an id back.</summary>
    public void Remove(SocketKey key)
    {
        _isUsed[_ids[key]] = false;
        _ids.Remove(key);
    }

    /// <summary>
    /// Opens one socket per worker. Returns null, or why not; then nothing is open.
    /// </summary>
    /// <param name="key">Address and port.</param>
    /// <param name="workers">How many.</param>
    /// <param name="timesClosed">As for <see cref="Reserve"/>.</param>
    /// <param name="descriptors">By worker.</param>
    public string? TryOpen(SocketKey key, int workers, Func<int, int> timesClosed, out int[] descriptors)
    {
        descriptors = new int[workers];
        // A socket of ours on this port would make the probe fail, be it one that a worker has yet to close;
        // then only opening tells.
        bool isOurs = HasPort(key.Port, timesClosed);
        int result = Open(EndpointOf(key), isOurs, descriptors);
        // A kernel without IPv6.
        if (result == -AddressFamilyNotSupported && key.Address.Length == 0)
            result = Open(new IPEndPoint(IPAddress.Any, key.Port), isOurs, descriptors);
        return result < 0 ? Explain(-result) : null;
    }

    /// <summary>Closes sockets that were opened and that no worker was told of.</summary>
    public void GiveUp(int[] descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (descriptor > 0) opener.Close(descriptor);
        }
    }

    // A socket for each worker, or none and the errno, negative.
    private int Open(IPEndPoint endpoint, bool isOurs, int[] descriptors)
    {
        int result = isOurs ? 0 : opener.Probe(endpoint);
        for (int worker = 0; worker < descriptors.Length && result >= 0; worker++)
        {
            result = opener.Open(endpoint);
            if (result >= 0) descriptors[worker] = result;
        }

        if (result >= 0) return 0;
        GiveUp(descriptors);
        Array.Clear(descriptors);
        return result;
    }

    private static IPEndPoint EndpointOf(SocketKey key) =>
        new(key.Address.Length == 0 ? IPAddress.IPv6Any : IPAddress.Parse(key.Address), key.Port);

    private bool HasPort(int port, Func<int, int> timesClosed)
    {
        for (int id = 0; id < Limits.ListenSockets; id++)
        {
            if (_ports[id] == port && (_isUsed[id] || !IsClosed(id, timesClosed))) return true;
        }

        return false;
    }

    private static string Explain(int errno) => errno switch
    {
        Errno.Addrinuse =>
            Errno.Describe(errno) + ". Stop what listens there (ss -ltnp), or choose another port.",
        Errno.Acces =>
            Errno.Describe(errno)
            + ". Ports below net.ipv4.ip_unprivileged_port_start need CAP_NET_BIND_SERVICE.",
        Errno.Addrnotavail =>
            Errno.Describe(errno) + ". Give the address to an interface of this machine, or leave it out.",
        _ => Errno.Describe(errno) + ".",
    };
}
