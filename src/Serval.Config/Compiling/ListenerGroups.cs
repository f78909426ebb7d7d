using System.Net;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>
/// Numbers the groups of listeners that share address and port, in order of first appearance.
/// </summary>
internal sealed class ListenerGroups
{
    /// <summary>The address that stands for all addresses.</summary>
    public const string EveryAddress = "";

    private readonly Dictionary<(string Address, int Port), int> _ids = [];
    private readonly List<List<int>> _members = [];

    /// <summary>Numbers the groups of a snapshot's listeners.</summary>
    public ListenerGroups(Snapshot snapshot)
    {
        for (int i = 0; i < snapshot.Listeners.OrEmpty().Length; i++)
        {
            Listener listener = snapshot.Listeners[i];
            if (listener.Addresses.IsDefaultOrEmpty)
                Add(EveryAddress, listener.Port, i);
            foreach (string address in listener.Addresses.OrEmpty())
                Add(address, listener.Port, i);
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _members.Count;

    /// <summary>The group of an address and port, or -1.</summary>
    public int Find(string address, int port)
    {
        if (_ids.TryGetValue((address, port), out int id))
            return id;
        return IPAddress.TryParse(address, out IPAddress? parsed)
            ? _ids.GetValueOrDefault((parsed.ToString(), port), -1)
            : -1;
    }

    /// <summary>Indexes of the listeners of a group.</summary>
    public IReadOnlyList<int> Members(int group) => _members[group];

    private void Add(string address, int port, int listener)
    {
        if (!_ids.TryGetValue((address, port), out int id))
        {
            id = _members.Count;
            _ids.Add((address, port), id);
            _members.Add([]);
        }

        _members[id].Add(listener);
    }
}
