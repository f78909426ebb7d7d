using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>An endpoint that speaks TLS: it answers a request and closes as TLS wants it.</summary>
internal sealed class TlsSceneUpstream
{
    private WireFault _fault;
    private int _at;

    public TlsSceneUpstream(
        Scene scene, SimulatedNetwork network, string address, TlsActors actors, bool isTls12,
        string response)
    {
        network.AddUpstream(new SimulatedUpstream(
            network, 0, SimulatedNetwork.AddressOf(address, SampleSnapshot.UpstreamPort), tcp =>
            {
                TlsScenePeer peer = new(scene, tcp, actors.Server(isTls12), _fault, _at);
                Last = peer;
                Connections++;
                if (Greeting.Length > 0) peer.Send(Greeting);
                if (_fault != WireFault.None) Faulty = peer;
                _fault = WireFault.None;
                peer.OnReceived = all =>
                {
                    bool isWhole = all.Length >= BytesAwaited
                        && all.EndsWith("\r\n\r\n", StringComparison.Ordinal);
                    if (!isWhole) return;
                    Requests.Add(all.Split(' ')[1]);
                    if (KeepsConnections)
                    {
                        peer.Send(response);
                        return;
                    }

                    peer.Send(response.Replace(
                        "OK\r\n", "OK\r\nConnection: close\r\n", StringComparison.Ordinal));
                    peer.End();
                };
            }));
    }

    /// <summary>Paths that were asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Whether connections stay open behind a response.</summary>
    public bool KeepsConnections { get; set; }

    /// <summary>Bytes that a request has at least; it ends with an empty line.</summary>
    public int BytesAwaited { get; set; }

    /// <summary>What new connections are told with the end of their handshake, unasked.</summary>
    public string Greeting { get; set; } = "";

    /// <summary>How many connections there have been.</summary>
    public int Connections { get; private set; }

    /// <summary>The last connection.</summary>
    public TlsScenePeer? Last { get; private set; }

    /// <summary>The last connection on which something goes wrong.</summary>
    public TlsScenePeer? Faulty { get; private set; }

    /// <summary>What becomes of the next connection.</summary>
    public void FailNext(WireFault fault, int at)
    {
        (_fault, _at) = (fault, at);
        Faulty = null;
    }
}
