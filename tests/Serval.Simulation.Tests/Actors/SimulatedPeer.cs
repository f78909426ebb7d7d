using Serval.DataPlane.Tests.Tls;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Actors;

/// <summary>
/// The far end of a connection: writes what it is given at its own pace, reads at its own pace.
/// </summary>
internal abstract class SimulatedPeer
{
    private const long Second = 1_000_000;
    private readonly Queue<byte[]> _output = new();
    private readonly byte[] _scratch = new byte[8_192];
    private readonly long _paceUs;
    private int _written;
    private long _nextWriteUs;
    private long _nextReadUs;
    private bool _isWriteDue;
    private bool _isReadDue;
    private bool _isReading;
    private bool _isEndTold;
    private bool _isNotified;

    protected SimulatedPeer(SimulatedNetwork network, TcpConnection tcp)
    {
        Network = network;
        Tcp = tcp;
        // Crumbs at long distances would take longer than a request's head may.
        long slowest = network.Faults.FragmentMax < 1_000 ? 1_000 : network.Faults.LatencyMaxUs;
        _paceUs = network.Random.Pick(0L, 0L, 10L, slowest);
        tcp.PeerPoke = Pump;
    }

    /// <summary>TLS on the connection; null without.</summary>
    public TlsEnd? Tls { get; init; }

    protected SimulatedNetwork Network { get; }

    protected TcpConnection Tcp { get; }

    /// <summary>What follows once everything is written.</summary>
    protected Ending Ending { get; set; }

    protected bool StopsReading { get; set; }

    /// <summary>Bytes per second that it reads at most; 0 for its own pace.</summary>
    protected virtual int ReadRate => 0;

    /// <summary>Bytes per second that it writes at most; 0 for its own pace.</summary>
    protected virtual int WriteRate => 0;

    /// <summary>Bytes at the end of what it writes that go one by one, a second apart.</summary>
    protected virtual int DripBytes => 0;

    protected bool HasOutput => _output.Count > 0;

    protected void Write(byte[] bytes)
    {
        if (Tls is null) Queue(bytes);
        else Tls.Write(bytes);
        QueueSealed();
        Pump();
    }

    /// <summary>Ends its half, behind what is written.</summary>
    protected void EndHalf()
    {
        Ending = Ending.Half;
        Pump();
    }

    protected void Pump()
    {
        PumpOutput();
        PumpInput();
    }

    protected void Reset()
    {
        _output.Clear();
        Tcp.PeerReset();
        TellEnd(isReset: true);
    }

    /// <summary>Bytes have come.</summary>
    protected abstract void OnBytes(ReadOnlySpan<byte> bytes);

    /// <summary>No more will come.</summary>
    protected abstract void OnEnd(bool isReset);

    /// <summary>Everything was written.</summary>
    protected virtual void OnWritten()
    {
    }

    private bool IsHandshaking => Tls is { IsEstablished: false, IsFailed: false };

    private void Queue(byte[] bytes)
    {
        if (bytes.Length > 0) _output.Enqueue(bytes);
    }

    private void QueueSealed()
    {
        if (Tls is not null) Queue(Tls.TakeWire());
    }

    private void PumpOutput()
    {
        while (_output.TryPeek(out byte[]? bytes) && !Tcp.IsPeerDead && !Tcp.ToRouter.IsEnded)
        {
            if (Network.Microseconds < _nextWriteUs)
            {
                if (_isWriteDue) return;
                _isWriteDue = true;
                Network.At(_nextWriteUs, () =>
                {
                    _isWriteDue = false;
                    Pump();
                });
                return;
            }

            int room = Math.Min(Tcp.ToRouter.Room, bytes.Length - _written);
            if (room == 0) return;
            int apart = bytes.Length - (IsHandshaking ? 0 : DripBytes);
            int most = _written >= apart ? 1 : Math.Min(room, apart - _written);
            most = Math.Min(most, Network.Faults.FragmentMax);
            int count = Network.Random.Between(1, WriteRate > 0 ? Math.Min(most, StepOf(WriteRate)) : most);
            Tcp.PeerWrite(bytes.AsSpan(_written, count));
            _written += count;
            _nextWriteUs = _written > apart
                ? Network.Microseconds + Second : NextAt(WriteRate, count);
            if (_written < bytes.Length) continue;
            _output.Dequeue();
            _written = 0;
            if (_output.Count == 0 && !IsHandshaking) OnWritten();
        }

        if (_output.Count == 0 && !IsHandshaking) End();
    }

    private void End()
    {
        if (Ending is Ending.Half or Ending.Close && Tls is not null && !_isNotified)
        {
            _isNotified = true;
            Tls.Notify();
            QueueSealed();
            if (_output.Count > 0)
            {
                PumpOutput();
                return;
            }
        }

        Ending ending = Ending;
        Ending = Ending.None;
        if (ending == Ending.Half) Tcp.PeerEnd();
        if (ending == Ending.Close) Tcp.PeerClose();
        if (ending == Ending.Reset) Reset();
    }

    private void PumpInput()
    {
        // Whoever writes while it reads comes back here.
        if (_isReading) return;
        _isReading = true;
        ReadAll();
        _isReading = false;
        if (StopsReading && !Tcp.IsPeerDead) return;
        if (_isReadDue) return;
        if (Tcp.IsPeerDead)
        {
            TellEnd(isReset: true);
        }
        else if (Tcp.ToPeer.IsEndVisible)
        {
            // An end without a word of TLS is none: bytes may be missing.
            bool isCut = Tls is { IsEnded: false };
            TellEnd(isCut);
            if (isCut) Tcp.PeerClose();
        }
    }

    private void ReadAll()
    {
        while (!StopsReading)
        {
            if (Network.Microseconds < _nextReadUs)
            {
                if (_isReadDue) return;
                _isReadDue = true;
                Network.At(_nextReadUs, () =>
                {
                    _isReadDue = false;
                    Pump();
                });
                return;
            }

            int count = Tcp.PeerRead(_scratch.AsSpan(0, ReadRate > 0 ? StepOf(ReadRate) : _scratch.Length));
            if (count == 0) return;
            _nextReadUs = NextAt(ReadRate, count);
            if (Tls is null) OnBytes(_scratch.AsSpan(0, count));
            else Open(Tls, _scratch.AsSpan(0, count));
        }
    }

    private void Open(TlsEnd tls, ReadOnlySpan<byte> wire)
    {
        tls.Feed(wire);
        QueueSealed();
        byte[] plain = tls.TakePlain();
        if (plain.Length > 0) OnBytes(plain);
        if (tls.IsFailed) Reset();
        else PumpOutput();
    }

    // A quarter of a second's bytes at a time.
    private int StepOf(int rate) => Math.Clamp(rate / 4, 1, _scratch.Length);

    private long NextAt(int rate, int count) =>
        Network.Microseconds + (rate > 0 ? count * Second / rate : _paceUs);

    private void TellEnd(bool isReset)
    {
        if (_isEndTold) return;
        _isEndTold = true;
        OnEnd(isReset);
    }
}
