using Serval.DataPlane.Rings;

namespace Serval.Simulation.Tests.Network;

/// <summary>
/// A connection between the router and a simulated peer, with what TCP does when one side goes away.
/// </summary>
internal sealed class TcpConnection(SimulatedNetwork network, int number, int capacity)
{
    private int _routerError;
    private bool _isPeerClosed;
    private bool _isRouterClosed;
    private bool _isPeerToldReset;

    public int Number => number;

    public BytePipe ToRouter { get; } = new(capacity);

    public BytePipe ToPeer { get; } = new(capacity);

    /// <summary>Something can be read or written that could not before.</summary>
    public Action RouterPoke { get; set; } = static () => { };

    public Action PeerPoke { get; set; } = static () => { };

    /// <summary>A reset has reached the router.</summary>
    public bool IsRouterDead { get; private set; }

    /// <summary>Whether the router's kernel was asked to find out when the peer vanishes.</summary>
    public bool IsPeerWatched { get; set; }

    /// <summary>A reset has reached the peer, or the peer has sent one.</summary>
    public bool IsPeerDead { get; private set; }

    public bool IsRouterClosed => _isRouterClosed;

    /// <summary>
    /// The error of a reset is told once; afterwards receives see an end and sends a broken pipe.
    /// </summary>
    public int TakeRouterError()
    {
        int error = _routerError;
        _routerError = 0;
        return error;
    }

    // ---- the peer's side ----

    public void PeerWrite(ReadOnlySpan<byte> bytes)
    {
        ToRouter.Write(bytes);
        long upTo = ToRouter.Written;
        Arrive(ToRouter, () =>
        {
            if (_isRouterClosed)
            {
                TellPeerReset();
                return;
            }

            ToRouter.Show(upTo);
            RouterPoke();
        });
    }

    public int PeerRead(Span<byte> bytes)
    {
        int count = Math.Min(bytes.Length, ToPeer.Readable);
        ToPeer.Read(bytes[..count]);
        if (count > 0) network.After(network.Faults.Latency(network.Random), () => RouterPoke());
        return count;
    }

    public void PeerEnd()
    {
        if (ToRouter.IsEnded || IsPeerDead) return;
        ToRouter.IsEnded = true;
        Arrive(ToRouter, () =>
        {
            ToRouter.IsEndVisible = true;
            RouterPoke();
        });
    }

    /// <summary>
    /// Closes: an end when all was read, otherwise a reset, and a reset for whatever still comes.
    /// </summary>
    public void PeerClose()
    {
        if (ToPeer.Unread > 0)
        {
            PeerReset();
            return;
        }

        PeerEnd();
        _isPeerClosed = true;
    }

    public void PeerReset()
    {
        if (IsPeerDead) return;
        IsPeerDead = true;
        Arrive(ToRouter, KillRouter);
    }

    // ---- the router's side ----

    public void RouterRead(Span<byte> bytes)
    {
        ToRouter.Read(bytes);
        network.After(network.Faults.Latency(network.Random), () => PeerPoke());
    }

    public void RouterWrite(ReadOnlySpan<byte> bytes)
    {
        ToPeer.Write(bytes);
        long upTo = ToPeer.Written;
        Arrive(ToPeer, () =>
        {
            if (IsPeerDead) return;
            if (_isPeerClosed)
            {
                Arrive(ToRouter, KillRouter);
                return;
            }

            ToPeer.Show(upTo);
            PeerPoke();
        });
    }

    public void RouterEnd()
    {
        if (ToPeer.IsEnded || IsRouterDead) return;
        ToPeer.IsEnded = true;
        Arrive(ToPeer, () =>
        {
            ToPeer.IsEndVisible = true;
            PeerPoke();
        });
    }

    public void RouterClose()
    {
        _isRouterClosed = true;
        if (IsRouterDead) return;
        // RFC 1122 §4.2.2.13: closing with unread data resets.
        if (ToRouter.Readable > 0) TellPeerReset();
        else RouterEnd();
    }

    private void KillRouter()
    {
        if (IsRouterDead || _isRouterClosed) return;
        IsRouterDead = true;
        _routerError = Errno.Connreset;
        RouterPoke();
    }

    private void TellPeerReset()
    {
        if (_isPeerToldReset) return;
        _isPeerToldReset = true;
        Arrive(ToPeer, () =>
        {
            IsPeerDead = true;
            ToPeer.DropUnseen();
            PeerPoke();
        });
    }

    // Bytes, ends and resets of one direction arrive in the order in which they were sent.
    private void Arrive(BytePipe pipe, Action effect)
    {
        pipe.LastArrival = Math.Max(pipe.LastArrival, network.Microseconds
            + network.Faults.Latency(network.Random));
        network.At(pipe.LastArrival, effect);
    }
}
