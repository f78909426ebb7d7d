using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>A client's connection.</summary>
internal sealed class SceneClient(Scene scene, TcpConnection tcp) : ScenePeer(scene, tcp)
{
    private readonly Scene _scene = scene;

    /// <summary>Sends a GET and waits for the end of an answer's head.</summary>
    public string Get(string path, string headers = "", string host = "a.example")
    {
        Take();
        Send($"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");
        return Answer();
    }

    /// <summary>Waits for an answer to begin, and a little for its body.</summary>
    public string Answer()
    {
        _scene.RunUntil(() => Received.Contains("\r\n\r\n", StringComparison.Ordinal) || IsEnded);
        _scene.Run(20);
        return Received;
    }
}
