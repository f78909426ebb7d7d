using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>An endpoint that a test drives: by hand, or by an answer to all requests.</summary>
internal sealed class SceneUpstream
{
    private readonly SimulatedUpstream _upstream;

    public SceneUpstream(Scene scene, SimulatedNetwork network, int number, string address)
    {
        _upstream = new SimulatedUpstream(
            network, number, SimulatedNetwork.AddressOf(address, SampleSnapshot.UpstreamPort), tcp =>
            {
                ScenePeer peer = new(scene, tcp);
                Connections.Add(peer);
                int answered = 0;
                peer.OnReceived = all =>
                {
                    int heads = all.Split("\r\n\r\n").Length - 1;
                    for (; answered < heads; answered++) Take(peer, all.Split("\r\n\r\n")[answered]);
                };
            });
        network.AddUpstream(_upstream);
    }

    /// <summary>Connections in the order in which they came.</summary>
    public List<ScenePeer> Connections { get; } = [];

    /// <summary>Heads of requests, each with the connection that it came on.</summary>
    public List<(ScenePeer On, string Head)> Requests { get; } = [];

    /// <summary>What each request is answered with; null leaves it to the test.</summary>
    public Action<ScenePeer, string>? Answer { get; set; }

    /// <summary>What connecting fails with; 0 connects.</summary>
    public int ConnectErrno
    {
        set => _upstream.ConnectErrno = value;
    }

    /// <summary>True while nothing answers, not even with a refusal.</summary>
    public bool IsSilent
    {
        set => _upstream.IsSilent = value;
    }

    /// <summary>Answers every request with these bytes.</summary>
    public SceneUpstream Saying(string response)
    {
        Answer = (peer, _) => peer.Reply(response);
        return this;
    }

    private void Take(ScenePeer peer, string head)
    {
        Requests.Add((peer, head));
        Answer?.Invoke(peer, head);
    }
}
