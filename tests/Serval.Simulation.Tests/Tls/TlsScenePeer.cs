using System.Text;
using Serval.DataPlane.Tests.Tls;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Tls;

/// <summary>
/// One end of a connection with TLS on it that a test drives, with a fault at one byte of what it sends.
/// </summary>
internal sealed class TlsScenePeer
{
    private const long PauseUs = 20_000;
    private readonly Scene _scene;
    private readonly TlsEnd _end;
    private readonly WireFault _fault;
    private readonly int _at;
    private readonly List<byte> _output = [];
    private readonly byte[] _scratch = new byte[65_536];
    private readonly StringBuilder _received = new();
    private bool _isSilent;
    private bool _endsAfterwards;
    private int _sent;

    /// <param name="scene">Where it is.</param>
    /// <param name="tcp">The connection.</param>
    /// <param name="end">TLS on it.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="at">Bytes that it sends before.</param>
    public TlsScenePeer(Scene scene, TcpConnection tcp, TlsEnd end, WireFault fault = default, int at = 0)
    {
        (_scene, Tcp, _end, _fault, _at) = (scene, tcp, end, fault, at);
        tcp.PeerPoke = Pump;
    }

    public TcpConnection Tcp { get; }

    /// <summary>Plain bytes so far.</summary>
    public string Received => _received.ToString();

    /// <summary>Nothing more can come.</summary>
    public bool IsEnded => Tcp.IsPeerDead || Tcp.ToPeer.IsEndVisible || Tcp.IsRouterClosed || _end.IsFailed;

    /// <summary>The router has said that nothing more comes (close_notify).</summary>
    public bool IsNotified => _end.IsEnded;

    /// <summary>The fault has had its occasion.</summary>
    public bool HasStruck { get; private set; }

    /// <summary>Called with everything received whenever more has come.</summary>
    public Action<string>? OnReceived { get; set; }

    /// <summary>Sends plain bytes, behind the handshake.</summary>
    public void Send(string text)
    {
        _end.Write(Encoding.Latin1.GetBytes(text));
        Pump();
    }

    /// <summary>Asks for a path; the answer is taken by <see cref="IsAnswered"/>.</summary>
    public void Ask(string path)
    {
        _received.Clear();
        Send($"GET {path} HTTP/1.1\r\nHost: {TlsActors.RouterName}\r\n\r\n");
    }

    /// <summary>Whether a whole answer is here.</summary>
    public bool IsAnswered(string body) => Received.EndsWith("\r\n\r\n" + body, StringComparison.Ordinal);

    /// <summary>Changes its keys, which brings the router no plain bytes.</summary>
    public void UpdateKeys()
    {
        _end.UpdateKeys();
        Pump();
    }

    /// <summary>Says that nothing more comes, and ends its half.</summary>
    public void End()
    {
        _end.Notify();
        _endsAfterwards = true;
        Pump();
    }

    /// <summary>Goes away for good.</summary>
    public void Close() => Tcp.PeerClose();

    private void Pump()
    {
        int count;
        while ((count = Tcp.PeerRead(_scratch)) > 0) _end.Feed(_scratch.AsSpan(0, count));
        byte[] plain = _end.TakePlain();
        _received.Append(Encoding.Latin1.GetString(plain));
        if (plain.Length > 0) OnReceived?.Invoke(Received);
        _output.AddRange(_end.TakeWire());
        while (_output.Count > 0 && MayWrite) WriteSome();
        if (_output.Count == 0 && _endsAfterwards && MayWrite) Tcp.PeerEnd();
        _scene.Wake();
    }

    private bool MayWrite => !_isSilent && !Tcp.IsPeerDead && !Tcp.ToRouter.IsEnded && Tcp.ToRouter.Room > 0;

    private void WriteSome()
    {
        int count = Math.Min(_output.Count, Tcp.ToRouter.Room);
        if (_fault != WireFault.None && !HasStruck)
        {
            count = Math.Min(count, _at - _sent);
            if (count == 0)
            {
                Strike();
                return;
            }
        }

        byte[] bytes = [.. _output[..count]];
        _output.RemoveRange(0, count);
        _sent += count;
        Tcp.PeerWrite(bytes);
    }

    private void Strike()
    {
        HasStruck = true;
        _isSilent = _fault != WireFault.Flips;
        switch (_fault)
        {
            case WireFault.Closes:
                Tcp.PeerClose();
                break;
            case WireFault.Resets:
                Tcp.PeerReset();
                break;
            case WireFault.Ends:
                Tcp.PeerEnd();
                break;
            case WireFault.Flips:
                _output[0] ^= 0x20;
                break;
            case WireFault.Pauses:
                _scene.After(PauseUs, () =>
                {
                    _isSilent = false;
                    Pump();
                });
                break;
            default:
                break;
        }
    }
}
