using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.Bench.Bare;

/// <summary>
/// Forwards bytes between each downstream connection and an upstream connection of its own, reading none of
/// them: the least that a proxy on this kernel can spend, and so the practical limit of the router.
/// </summary>
/// <remarks>
/// Owner: Program. Thread: one. Bound: <see cref="SidesMax"/> sides, two to a pair, as many as the process
/// may have open files; a connection beyond is closed. The ring's buffers: a side that finds none waits for
/// one.
/// </remarks>
internal sealed unsafe class Forwarder
{
    private const int SidesMax = 19_000;
    private const int None = -1;

    private readonly Ring _ring;
    private readonly Settings _settings;
    private readonly int _listener;
    private readonly ulong* _origin = (ulong*)Kernel.Memory(4096);
    private readonly Side[] _sides = new Side[SidesMax];
    private readonly Stack<int> _freePairs = new();
    private readonly Stack<int> _starved = new();
    private readonly int[] _next;
    private readonly int[] _lengths;
    private long _turns;
    private long _taken;

    public Forwarder(Settings settings)
    {
        _settings = settings;
        _ring = new Ring(settings);
        _next = new int[settings.BufferCount];
        _lengths = new int[settings.BufferCount];
        for (int pair = SidesMax - 2; pair >= 0; pair -= 2)
        {
            _freePairs.Push(pair);
        }

        if (settings.IsDirect)
        {
            RegisterTable();
        }

        Kernel.Loopback(_origin, settings.OriginPort);
        _listener = Kernel.TcpSocket();
        int on = 1;
        Kernel.Check(
            LibC.setsockopt(_listener, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, &on, sizeof(int)), "SO_REUSEADDR");
        ulong* address = stackalloc ulong[2];
        Kernel.Loopback(address, settings.Port);
        Kernel.Check(LibC.bind(_listener, (sockaddr*)address, 16), "bind");
        Kernel.Check(LibC.listen(_listener, 8192), "listen");
        ArmAccept();
    }

    private enum Operation : byte
    {
        Accept,
        Receive,
        Send,
        Shutdown,
        Close,
    }

    public void Run()
    {
        while (true)
        {
            _ring.SubmitAndWait();
            while (_ring.TryTake(out io_uring_cqe completion))
            {
                _taken++;
                Handle(completion);
            }

            _ring.PublishBuffers();
            for (int i = _starved.Count; i > 0; i--)
            {
                ArmReceive(_starved.Pop());
            }

            if (_settings.HasStatistics && ++_turns % 100_000 == 0)
            {
                Console.Error.WriteLine($"completions per turn {_taken / 100_000.0:F1}");
                _taken = 0;
            }
        }
    }

    private void Handle(io_uring_cqe completion)
    {
        int side = (int)(completion.user_data & 0xffffffff);
        switch ((Operation)(completion.user_data >> 56))
        {
            case Operation.Accept:
                Accepted(completion);
                break;
            case Operation.Receive:
                Received(side, completion);
                break;
            case Operation.Send:
                Sent(side, (int)(completion.user_data >> 32) & 0xffff, completion);
                break;
            case Operation.Shutdown:
                _sides[side].InFlight--;
                TryRelease(side);
                break;
            case Operation.Close:
                break;
        }
    }

    private void Accepted(io_uring_cqe completion)
    {
        if ((completion.flags & RingFlags.CompletionMore) == 0)
        {
            ArmAccept();
        }

        if (completion.res < 0)
        {
            Console.Error.WriteLine($"accept: {completion.res}");
            return;
        }

        if (!_freePairs.TryPop(out int pair))
        {
            CloseSide(completion.res);
            return;
        }

        // Connecting blocks. It happens before the measured window only.
        int upstream = Kernel.TcpSocket();
        Kernel.Check(LibC.connect(upstream, (sockaddr*)_origin, 16), "connect");
        if (_settings.IsDirect)
        {
            upstream = MoveToTable(upstream, (SidesMax + pair) / 2);
        }

        _sides[pair] = new Side(completion.res);
        _sides[pair + 1] = new Side(upstream);
        ArmReceive(pair);
        ArmReceive(pair + 1);
    }

    private void Received(int side, io_uring_cqe completion)
    {
        bool isArmed = (completion.flags & RingFlags.CompletionMore) != 0;
        _sides[side].InFlight -= isArmed ? 0 : 1;
        if (completion.res > 0)
        {
            int buffer = (int)(completion.flags >> RingFlags.CompletionBufferShift);
            // A bundle fills buffers in the order in which they were provided, all but the last to the brim.
            for (int rest = completion.res; rest > 0; rest -= _settings.BufferBytes)
            {
                _lengths[buffer] = Math.Min(rest, _settings.BufferBytes);
                _next[buffer] = None;
                int following = rest > _settings.BufferBytes ? _ring.Following(buffer) : None;
                Enqueue(side ^ 1, buffer);
                buffer = following;
            }
        }
        else if (completion.res == -Errno.Nobufs)
        {
            _starved.Push(side);
            return;
        }
        else
        {
            End(side);
            return;
        }

        if (!isArmed)
        {
            ArmReceive(side);
        }
    }

    private void Enqueue(int side, int buffer)
    {
        ref Side target = ref _sides[side];
        if (target.FirstBuffer == None)
        {
            target.FirstBuffer = target.LastBuffer = buffer;
            SendFirst(side);
        }
        else
        {
            _next[target.LastBuffer] = buffer;
            target.LastBuffer = buffer;
        }
    }

    private void Sent(int side, int buffer, io_uring_cqe completion)
    {
        ref Side target = ref _sides[side];
        bool isLent = (completion.flags & RingFlags.CompletionMore) != 0;
        target.InFlight -= isLent ? 0 : 1;
        if (!isLent)
        {
            _ring.Provide(buffer);
        }

        // The kernel has let go of memory that it sent without a copy.
        if ((completion.flags & Kernel.CompletionNotification) != 0)
        {
            TryRelease(side);
            return;
        }

        target.FirstBuffer = _next[buffer];
        if (completion.res != _lengths[buffer])
        {
            target.IsBroken = true;
        }

        if (target.FirstBuffer != None)
        {
            SendFirst(side);
        }
        else if (_sides[side ^ 1].HasEnded)
        {
            Shutdown(side);
        }
    }

    private void End(int side)
    {
        _sides[side].HasEnded = true;
        if (_sides[side ^ 1].FirstBuffer == None)
        {
            Shutdown(side ^ 1);
        }

        TryRelease(side);
    }

    private void TryRelease(int side)
    {
        int pair = side & ~1;
        ref Side a = ref _sides[pair];
        ref Side b = ref _sides[pair + 1];
        if (a.HasEnded && b.HasEnded && a.InFlight == 0 && b.InFlight == 0)
        {
            CloseSide(a.Descriptor);
            CloseSide(b.Descriptor);
            a = b = default;
            _freePairs.Push(pair);
        }
    }

    private void ArmAccept()
    {
        ref SubmissionEntry submission = ref _ring.Next();
        submission.Opcode = (byte)Opcode.Accept;
        submission.Descriptor = _listener;
        submission.IoPriority = Kernel.AcceptMultishot;
        submission.FileIndex = _settings.IsDirect ? Kernel.FileIndexAllocate : 0;
        submission.Token = Token(Operation.Accept, 0);
    }

    private void ArmReceive(int side)
    {
        ref SubmissionEntry submission = ref Prepare(Operation.Receive, (byte)Opcode.Receive, side);
        submission.Flags |= RingFlags.EntryBufferSelect;
        submission.IoPriority = (_settings.IsSingleReceive, _settings.IsPollFirst) switch
        {
            (true, true) => Kernel.ReceivePollFirst,
            (true, false) => 0,
            _ => RingFlags.ReceiveMultishot,
        };
        if (_settings.IsBundling)
        {
            submission.IoPriority |= Kernel.ReceiveBundle;
        }
    }

    private void SendFirst(int side)
    {
        int buffer = _sides[side].FirstBuffer;
        bool isZeroCopy = _settings.ZeroCopyBytes > 0 && _lengths[buffer] >= _settings.ZeroCopyBytes;
        Opcode code = isZeroCopy ? Kernel.SendZeroCopy : Opcode.Send;
        ref SubmissionEntry submission = ref Prepare(Operation.Send, (byte)code, side, buffer);
        submission.Address = (ulong)_ring.Buffer(buffer);
        submission.Length = (uint)_lengths[buffer];
        submission.OperationFlags = Kernel.SendNoSignalWaitAll;
    }

    private void Shutdown(int side)
    {
        const uint Write = 1;
        ref SubmissionEntry submission = ref Prepare(Operation.Shutdown, (byte)Opcode.Shutdown, side);
        submission.Length = _sides[side].IsBroken || _sides[side ^ 1].IsBroken ? Write + 1 : Write;
    }

    private ref SubmissionEntry Prepare(Operation operation, byte code, int side, int buffer = 0)
    {
        _sides[side].InFlight++;
        ref SubmissionEntry submission = ref _ring.Next();
        submission.Opcode = code;
        submission.Descriptor = _sides[side].Descriptor;
        submission.Flags = _settings.IsDirect ? RingFlags.EntryFixedFile : (byte)0;
        submission.Token = Token(operation, side, buffer);
        return ref submission;
    }

    private void CloseSide(int descriptor)
    {
        ref SubmissionEntry submission = ref _ring.Next();
        submission.Opcode = (byte)Opcode.Close;
        submission.Token = Token(Operation.Close, 0);
        if (_settings.IsDirect)
        {
            submission.FileIndex = (uint)descriptor + 1;
        }
        else
        {
            submission.Descriptor = descriptor;
        }
    }

    private void RegisterTable()
    {
        // struct io_uring_rsrc_register: count, flags (sparse), and nothing more.
        ulong* table = stackalloc ulong[4] { SidesMax | (1ul << 32), 0, 0, 0 };
        _ring.Register(RingFlags.RegisterFiles2, table, 32);
        // Accepted sockets take the lower half.
        ulong* range = stackalloc ulong[2] { (ulong)(SidesMax / 2) << 32, 0 };
        _ring.Register(Kernel.RegisterFileAllocRange, range, 0);
    }

    private int MoveToTable(int descriptor, int index)
    {
        int* source = stackalloc int[1] { descriptor };
        ulong* update = stackalloc ulong[2] { (ulong)index, (ulong)source };
        _ring.Register(Kernel.RegisterFilesUpdate, update, 1);
        _ = LibC.close(descriptor);
        return index;
    }

    private static ulong Token(Operation operation, int side, int buffer = 0) =>
        ((ulong)operation << 56) | ((ulong)(ushort)buffer << 32) | (uint)side;

    private struct Side(int descriptor)
    {
        public readonly int Descriptor = descriptor;
        public int InFlight;
        public int FirstBuffer = None;
        public int LastBuffer = None;
        public bool HasEnded;
        public bool IsBroken;
    }
}
