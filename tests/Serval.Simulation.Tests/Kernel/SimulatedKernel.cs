using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using Serval.Simulation.Tests.Network;
using Tmds.Linux;

namespace Serval.Simulation.Tests.Kernel;

/// <summary>
/// The kernel's side of a ring, over simulated connections. Submissions take effect at the next <see
/// cref="SubmitAndWait"/>, in order; completions come later, in order only where the kernel keeps one. It
/// also checks the worker: memory that is lent stays as it was, and nothing is closed while in use.
/// </summary>
internal sealed partial class SimulatedKernel
{
    private const int NotFound = 2;
    private readonly SimulatedNetwork _network;
    private readonly BufferPool _buffers;
    private readonly SimulatedSocket?[] _sockets;
    private readonly SocketAddress[] _addresses;
    private readonly Queue<int> _provided = new();
    private readonly List<Action> _submissions = [];
    private readonly Queue<Completion> _completions = new();
    private readonly Dictionary<ulong, Operation> _inFlight = [];
    private readonly Planter _planter;
    private Token? _wake;
    private int _wakes;
    private int _mayReap;
    private bool _isIdle;

    public SimulatedKernel(SimulatedNetwork network, BufferPool buffers, int slots, Planter planter)
    {
        _network = network;
        _buffers = buffers;
        _sockets = new SimulatedSocket?[slots];
        _addresses = new SocketAddress[slots];
        _planter = planter;
    }

    public BufferPool Buffers => _buffers;

    /// <summary>Buffers that are with the kernel.</summary>
    public int Provided => _provided.Count;

    /// <summary>Most that ever were.</summary>
    public int ProvidedMax { get; private set; }

    /// <summary>Operations that have not completed, the wake apart.</summary>
    public int InFlight => _inFlight.Count;

    public int OpenSockets
    {
        get
        {
            int open = 0;
            foreach (SimulatedSocket? socket in _sockets) open += socket is null ? 0 : 1;
            return open;
        }
    }

    /// <summary>Until when the worker waits.</summary>
    public long DeadlineUs { get; private set; }

    /// <summary>
    /// Whether a turn would do something: there is something to reap or to submit, the last turn has done
    /// something, or the worker's time is over.
    /// </summary>
    public bool CanGoOn => IsReady || _submissions.Count > 0 || !_isIdle
        || _network.Microseconds >= DeadlineUs;

    /// <summary>Enters that took nothing because completions had to be reaped first.</summary>
    public int Overflows { get; private set; }

    public ref SocketAddress Address(int slot) => ref _addresses[slot];

    public void ProvideBuffer(int buffer)
    {
        if (_planter.Strikes(PlantedFault.LosesBuffer)) return;
        foreach (Operation operation in _inFlight.Values)
        {
            if (Touches(operation, buffer))
                _network.Violate($"buffer {buffer} is provided while slot {operation.Slot} sends from it");
        }

        // What a former owner would still read there is gone.
        _buffers.Span(buffer, 0, 512).Fill(0xDD);
        _provided.Enqueue(buffer);
        ProvidedMax = Math.Max(ProvidedMax, _provided.Count);
    }

    public void ArmWake(Token token) => _submissions.Add(() =>
    {
        _wake = token;
        TellWake();
    });

    /// <summary>Another thread wakes the worker.</summary>
    public void Wake()
    {
        _wakes++;
        TellWake();
    }

    /// <summary>Completions that say nothing but that another thread woke the worker.</summary>
    public void Flood(int completions)
    {
        Token token = new(TokenKind.Wake, 0, 0);
        for (int i = 0; i < completions; i++)
            _completions.Enqueue(new Completion(token, sizeof(ulong), -1, false));
    }

    public void SubmitAndWait(long timeoutUs)
    {
        DeadlineUs = _network.Microseconds + timeoutUs;
        // A kernel without memory takes some, or none, and waits for nothing: the turn goes on. One whose
        // completions do not fit their queue takes none before some were reaped (EBUSY).
        bool isOverflown = IsOverflown;
        if (isOverflown) Overflows++;
        bool isShort = isOverflown || (_network.Faults.EnterAgainPermille > 0
            && _network.Random.Chance(_network.Faults.EnterAgainPermille));
        int taken = isOverflown ? 0
            : isShort ? _network.Random.Between(0, _submissions.Count) : _submissions.Count;
        for (int i = 0; i < taken; i++) _submissions[i]();
        _submissions.RemoveRange(0, taken);
        if (isShort) DeadlineUs = _network.Microseconds;
        // A turn takes time; whatever falls due meanwhile is seen.
        _network.Advance(_network.Microseconds + _network.Random.Between(1, 20));
        _isIdle = _completions.Count == 0;
        while (!_network.IsShared && !IsReady && _network.Microseconds < DeadlineUs)
            _network.Advance(DeadlineUs);
        _mayReap = _network.Faults.ReapMax;
        if (_network.Faults.CompletionEntries > 0)
            _mayReap = Math.Min(_mayReap, _network.Faults.CompletionEntries);
    }

    public bool TryReap(out Completion completion)
    {
        completion = default;
        return _mayReap-- > 0 && _completions.TryDequeue(out completion);
    }

    public void End()
    {
        for (int slot = 0; slot < _sockets.Length; slot++)
        {
            _sockets[slot]?.Tcp?.RouterClose();
            _sockets[slot] = null;
        }
    }

    private bool IsReady => _completions.Count > 0;

    private bool IsOverflown => _network.Faults.CompletionEntries > 0
        && _completions.Count > _network.Faults.CompletionEntries;

    private void TellWake()
    {
        if (_wakes == 0 || _wake is not { } token) return;
        _wake = null;
        _completions.Enqueue(new Completion(token, sizeof(ulong), -1, false));
        _wakes = 0;
    }

    private void Begin(Operation operation)
    {
        if (!_inFlight.TryAdd(operation.Token.Value, operation))
            _network.Violate(
                $"two operations of slot {operation.Slot} have one token: {operation.Token.Kind}");
    }

    private void Complete(Operation operation, ref long lane, int result)
    {
        _inFlight.Remove(operation.Token.Value);
        Post(ref lane, new Completion(operation.Token, result, -1, false));
    }

    private void Post(ref long lane, Completion completion)
    {
        TraceKind kind = completion.Token.Kind switch
        {
            TokenKind.Accept => TraceKind.CompleteAccept,
            TokenKind.Connect => TraceKind.CompleteConnect,
            TokenKind.Receive => TraceKind.CompleteReceive,
            TokenKind.Send => TraceKind.CompleteSend,
            TokenKind.Shutdown => TraceKind.CompleteShutdown,
            TokenKind.Cancel => TraceKind.CompleteCancel,
            _ => TraceKind.CompleteOther,
        };
        int delay = _network.Random.Between(0, _network.Faults.CompletionDelayMaxUs);
        lane = Math.Max(lane, _network.Microseconds + delay);
        _network.At(lane, () =>
        {
            _network.Note(kind, completion.Token.Slot, completion.Result);
            _completions.Enqueue(completion);
        });
    }

    private void PostFree(Token token, int result)
    {
        long lane = 0;
        Post(ref lane, new Completion(token, result, -1, false));
    }

    private unsafe bool Touches(Operation operation, int buffer)
    {
        long start = _buffers.Address(buffer, 0);
        foreach (iovec run in operation.Runs)
        {
            nint address = (nint)run.iov_base;
            if (address >= start && address < start + BufferPool.StrideBytes) return true;
        }

        return false;
    }
}
