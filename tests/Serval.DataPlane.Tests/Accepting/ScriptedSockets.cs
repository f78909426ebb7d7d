using System.Net;
using Serval.DataPlane.Accepting;

namespace Serval.DataPlane.Tests.Accepting;

/// <summary>A machine whose answers are the test's; it keeps what it was asked.</summary>
internal sealed class ScriptedSockets : ISocketOpener
{
    /// <summary>What asking whether an address is free gives.</summary>
    public Func<IPEndPoint, int> OnProbe { get; set; } = static _ => 0;

    /// <summary>What opening gives: a descriptor, or a negative errno.</summary>
    public Func<IPEndPoint, int> OnOpen { get; set; } = static _ => 40;

    public List<IPEndPoint> Probed { get; } = [];

    public List<IPEndPoint> Opened { get; } = [];

    public List<int> Closed { get; } = [];

    public int Probe(IPEndPoint endpoint)
    {
        Probed.Add(endpoint);
        return OnProbe(endpoint);
    }

    public int Open(IPEndPoint endpoint)
    {
        Opened.Add(endpoint);
        return OnOpen(endpoint);
    }

    public void Close(int descriptor) => Closed.Add(descriptor);
}
