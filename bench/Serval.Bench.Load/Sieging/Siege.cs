using System.Text;
using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Sieging;

/// <summary>
/// All besiegers of one proxy. They come a few at a time and stay until the proxy closes them.
/// </summary>
/// <remarks>
/// Owner: <see cref="SiegeVerb"/>. Thread: the loop's. Bound: the kind's count, or fewer when told so.
/// </remarks>
internal sealed class Siege : IDisposable
{
    private const int OpenedPerTurn = 16;
    private const int ReadPerTurn = 64;
    private readonly Besieger[] _besiegers;
    private readonly SocketAddress4 _target;
    private int _opened;
    private int _nextToRead;

    public Siege(EventLoop loop, SiegeKind kind, int count, SocketAddress4 target)
    {
        Kind = kind;
        Request = Encoding.ASCII.GetBytes(kind.Request);
        _target = target;
        _besiegers = new Besieger[count];
        for (int i = 0; i < count; i++)
        {
            _besiegers[i] = new Besieger(loop, this);
        }
    }

    public SiegeKind Kind { get; }

    public byte[] Request { get; }

    /// <summary>True once every besieger has come.</summary>
    public bool IsComplete => _opened == _besiegers.Length;

    /// <summary>Besiegers that the proxy has not closed.</summary>
    public int Open => _besiegers.Count(besieger => besieger.IsOpen);

    /// <summary>What they do in a turn of the loop.</summary>
    public void Turn(long nowNs)
    {
        for (int i = 0; i < OpenedPerTurn && !IsComplete; i++)
        {
            _besiegers[_opened++].Open(_target);
        }

        for (int i = 0; i < ReadPerTurn && Kind.ReadBytesPerSecond > 0; i++)
        {
            _nextToRead = (_nextToRead + 1) % _besiegers.Length;
            _besiegers[_nextToRead].Read(nowNs);
        }
    }

    public void Dispose() => Array.ForEach(_besiegers, besieger => besieger.Close());
}
