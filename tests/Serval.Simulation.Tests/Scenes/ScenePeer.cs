using System.Text;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>One end of a connection that a test drives. Reads whatever comes unless told not to.</summary>
internal class ScenePeer
{
    private readonly Scene _scene;
    private readonly byte[] _scratch = new byte[65_536];
    private readonly StringBuilder _received = new();

    public ScenePeer(Scene scene, TcpConnection tcp)
    {
        _scene = scene;
        Tcp = tcp;
        tcp.PeerPoke = Read;
    }

    public TcpConnection Tcp { get; }

    /// <summary>All bytes so far.</summary>
    public string Received => _received.ToString();

    /// <summary>The router has ended its half, or reset the connection.</summary>
    public bool IsEnded => Tcp.IsPeerDead || Tcp.ToPeer.IsEndVisible;

    public bool IsReset => Tcp.IsPeerDead;

    public bool StopsReading { get; set; }

    /// <summary>Called with everything received whenever more has come.</summary>
    public Action<string>? OnReceived { get; set; }

    /// <summary>Sends at once what fits the connection, the rest as it is taken.</summary>
    public void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            int count = Math.Min(bytes.Length, Tcp.ToRouter.Room);
            if (count > 0) Tcp.PeerWrite(bytes[..count]);
            bytes = bytes[count..];
            if (bytes.IsEmpty) return;
            byte[] rest = bytes.ToArray();
            _scene.RunUntil(() => Tcp.ToRouter.Room > 0);
            bytes = rest;
        }
    }

    /// <summary>Writes what fits, without letting time pass; for use inside a callback.</summary>
    public void Reply(string text) => Tcp.PeerWrite(Encoding.Latin1.GetBytes(text));

    public void End() => Tcp.PeerEnd();

    public void Close() => Tcp.PeerClose();

    public void Reset() => Tcp.PeerReset();

    /// <summary>Takes up reading again.</summary>
    public void Read()
    {
        if (StopsReading) return;
        int count;
        int total = 0;
        while ((count = Tcp.PeerRead(_scratch)) > 0)
        {
            total += count;
            _received.Append(Encoding.Latin1.GetString(_scratch, 0, count));
        }

        if (total > 0) OnReceived?.Invoke(Received);
        // Whoever waits for this looks at once, not only when the worker has something to do.
        _scene.Wake();
    }

    /// <summary>Forgets what has come, so that the next answer is seen alone.</summary>
    public string Take()
    {
        string text = Received;
        _received.Clear();
        return text;
    }
}
