using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.Bench.Bare;

/// <summary>One io_uring with one provided-buffer ring.</summary>
/// <remarks>
/// Owner: the forwarder. Thread: the one that made it. Bound: its entries; a full submission queue is
/// submitted. The router's ring has no switches; this one is made of the same parts and has.
/// </remarks>
internal sealed unsafe class Ring
{
    private const uint Entries = 4096;
    private const uint CompletionEntries = 32768;

    private readonly Settings _settings;
    private readonly int _enterDescriptor;
    private readonly uint _enterFlags;
    private readonly SubmissionEntry* _submissions;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint _submissionMask;
    private readonly io_uring_cqe* _completions;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint _completionMask;
    private readonly timespec* _timeout;
    private uint _tail;
    private uint _submitted;

    private readonly ProvidedBuffer* _bufferRing;
    private readonly int _bufferMask;
    private readonly int[] _places;
    private ushort _bufferTail;

    public Ring(Settings settings)
    {
        _settings = settings;
        io_uring_params setup = new()
        {
            flags = RingFlags.SetupCompletionSize | RingFlags.SetupCoopTaskrun
                | RingFlags.SetupNoSubmissionArray
                | (settings.IsNotDeferred ? 0 : RingFlags.SetupSingleIssuer | RingFlags.SetupDeferTaskrun),
            cq_entries = CompletionEntries,
        };
        Descriptor = (int)Kernel.Check(LibC.io_uring_setup(Entries, &setup), "io_uring_setup");
        nuint ringBytes = setup.cq_off.cqes + (setup.cq_entries * (nuint)sizeof(io_uring_cqe));
        byte* ring = (byte*)Shared(ringBytes, LibC.IORING_OFF_SQ_RING);
        _submissions = (SubmissionEntry*)Shared(
            setup.sq_entries * (nuint)sizeof(SubmissionEntry), LibC.IORING_OFF_SQES);
        _submissionHead = (uint*)(ring + setup.sq_off.head);
        _submissionTail = (uint*)(ring + setup.sq_off.tail);
        _submissionMask = *(uint*)(ring + setup.sq_off.ring_mask);
        _completionHead = (uint*)(ring + setup.cq_off.head);
        _completionTail = (uint*)(ring + setup.cq_off.tail);
        _completionMask = *(uint*)(ring + setup.cq_off.ring_mask);
        _completions = (io_uring_cqe*)(ring + setup.cq_off.cqes);

        _enterDescriptor = Descriptor;
        if (!settings.IsRingUnregistered)
        {
            io_uring_files_update update = new() { offset = uint.MaxValue, fds = (ulong)Descriptor };
            Register(RingFlags.RegisterRingDescriptors, &update, 1);
            _enterDescriptor = (int)update.offset;
            _enterFlags = RingFlags.EnterRegisteredRing;
        }

        _timeout = (timespec*)Kernel.Memory(4096);
        _timeout->tv_sec = 1;

        _bufferMask = settings.BufferCount - 1;
        _bufferRing = (ProvidedBuffer*)Kernel.Memory(
            (nuint)settings.BufferCount * (nuint)sizeof(ProvidedBuffer));
        Buffers = Kernel.Memory((nuint)settings.BufferCount * (nuint)settings.BufferBytes);
        ProvidedRingRegistration group = new()
        {
            Address = (ulong)_bufferRing,
            Entries = (uint)settings.BufferCount,
        };
        Register(RingFlags.RegisterProvidedRing, &group, 1);
        _places = new int[settings.BufferCount];
        for (int i = 0; i < settings.BufferCount; i++)
        {
            Provide(i);
        }

        PublishBuffers();
    }

    public int Descriptor { get; }

    public byte* Buffers { get; }

    public byte* Buffer(int id) => Buffers + ((long)id * _settings.BufferBytes);

    public void Register(uint what, void* argument, uint count) => Kernel.Check(
        LibC.io_uring_register(Descriptor, what, argument, count),
        $"io_uring_register {what}");

    /// <summary>The next submission, cleared.</summary>
    public ref SubmissionEntry Next()
    {
        if (_tail - Volatile.Read(ref *_submissionHead) > _submissionMask)
        {
            Enter(0, 0);
        }

        ref SubmissionEntry submission = ref _submissions[_tail++ & _submissionMask];
        submission = default;
        return ref submission;
    }

    public void SubmitAndWait()
    {
        uint count = _settings.IsSpinning ? 0 : (uint)_settings.WaitCount;
        Enter(count, RingFlags.EnterGetEvents);
    }

    public bool TryTake(out io_uring_cqe completion)
    {
        uint head = *_completionHead;
        if (head == Volatile.Read(ref *_completionTail))
        {
            Unsafe.SkipInit(out completion);
            return false;
        }

        completion = _completions[head & _completionMask];
        Volatile.Write(ref *_completionHead, head + 1);
        return true;
    }

    /// <summary>Gives a buffer back; the kernel sees it after <see cref="PublishBuffers"/>.</summary>
    public void Provide(int id)
    {
        ProvidedBuffer* entry = _bufferRing + (_bufferTail++ & _bufferMask);
        _places[id] = (_bufferTail - 1) & _bufferMask;
        entry->Address = (ulong)Buffer(id);
        entry->Length = (uint)_settings.BufferBytes;
        entry->BufferId = (ushort)id;
    }

    /// <summary>The buffer that was provided behind one.</summary>
    public int Following(int id) => _bufferRing[(_places[id] + 1) & _bufferMask].BufferId;

    public void PublishBuffers() => Volatile.Write(ref _bufferRing->Reserved, _bufferTail);

    private void* Shared(nuint length, ulong offset)
    {
        void* at = LibC.mmap(
            null, (size_t)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_POPULATE,
            Descriptor, (long)offset);
        Kernel.Check((long)at, "mmap of the ring");
        return at;
    }

    private void Enter(uint waitFor, uint flags)
    {
        Volatile.Write(ref *_submissionTail, _tail);
        uint count = _tail - _submitted;
        EnterArguments arguments = new()
        {
            MinimumWaitMicroseconds = (uint)_settings.MinWaitUs,
            Timespec = (ulong)_timeout,
        };
        bool isPatient = _settings.MinWaitUs > 0 && flags != 0;
        if (isPatient)
        {
            flags |= RingFlags.EnterExtendedArguments;
        }

        int taken = (int)LibC.syscall(
            RingFlags.EnterCall, _enterDescriptor, count, waitFor, flags | _enterFlags,
            isPatient ? &arguments : null, isPatient ? sizeof(EnterArguments) : 0);
        if (taken >= 0)
        {
            _submitted += (uint)taken;
        }
        else
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is not (Errno.Intr or Errno.Again or Errno.Busy or Errno.Time))
            {
                throw new IOException($"io_uring_enter: errno {error}");
            }
        }
    }
}
