using System.Text;
using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Sieging;

/// <summary>
/// All besiegers of one proxy. They come a few at a time and stay until the proxy closes them.
/// </summary>
/// <remarks>
/// Owner: <see cref="SiegeVerb"/>. Thread: one of its own, so that the stranger's answers do not wait for
/// what the besiegers do. Bound: the kind's count, or fewer when told so.
/// </remarks>
internal sealed class Siege : IDisposable
{
    private const int OpenedPerTurn = 16;
    private const int ReadPerTurn = 64;
    private const int SleepUs = 200;
    private readonly Besieger[] _besiegers;
    private readonly SocketAddress4 _target;
    private readonly Thread _thread;
    private volatile int _opened;
    private volatile bool _isEnding;
    private int _nextToRead;

    /// <summary>They begin to come at once.</summary>
    public Siege(SiegeKind kind, int count, SocketAddress4 target)
    {
        Kind = kind;
        Request = Encoding.ASCII.GetBytes(kind.Request);
        _target = target;
        _besiegers = new Besieger[count];
        _thread = new Thread(Run) { Name = "besiegers" };
        _thread.Start();
    }

    public SiegeKind Kind { get; }

    public byte[] Request { get; }

    /// <summary>True once every besieger has come.</summary>
    public bool IsComplete => _opened == _besiegers.Length;

    /// <summary>Ends the siege; returns how many besiegers the proxy had not closed.</summary>
    public int End()
    {
        Dispose();
        return Kept;
    }

    public void Dispose()
    {
        _isEnding = true;
        _thread.Join();
    }

    private int Kept { get; set; }

    private void Run()
    {
        using EventLoop loop = new() { SleepUs = SleepUs };
        for (int i = 0; i < _besiegers.Length; i++)
        {
            _besiegers[i] = new Besieger(loop, this);
        }

        while (!_isEnding)
        {
            loop.Turn();
            Turn(loop.NowNs);
        }

        Kept = _besiegers.Count(besieger => besieger.IsOpen);
        Array.ForEach(_besiegers, besieger => besieger.Close());
    }

    private void Turn(long nowNs)
    {
        for (int i = 0; i < OpenedPerTurn && !IsComplete; i++)
        {
            _besiegers[_opened].Open(_target);
            _opened++;
        }

        for (int i = 0; i < ReadPerTurn && Kind.ReadBytesPerSecond > 0; i++)
        {
            _nextToRead = (_nextToRead + 1) % _besiegers.Length;
            _besiegers[_nextToRead].Read(nowNs);
        }
    }
}
