using System.Runtime.CompilerServices;

namespace Serval.Bench.Bare;

/// <summary>One io_uring with one provided-buffer ring.</summary>
/// <remarks>
/// Owner: the forwarder. Thread: the one that made it. Bound: its entries; a full submission queue is
/// submitted. It stands alone for now, so that the limit could be measured before the router had a ring of
/// its own.
/// </remarks>
internal sealed unsafe class Ring
{
    private const uint Entries = 4096;
    private const uint CompletionEntries = 32768;

    private readonly Settings _settings;
    private readonly ulong _enterDescriptor;
    private readonly uint _enterFlags;
    private readonly Submission* _submissions;
    private readonly uint* _submissionHead;
    private readonly uint* _submissionTail;
    private readonly uint _submissionMask;
    private readonly Completion* _completions;
    private readonly uint* _completionHead;
    private readonly uint* _completionTail;
    private readonly uint _completionMask;
    private readonly ulong* _timeout;
    private readonly byte* _extended;
    private uint _tail;
    private uint _submitted;

    // struct io_uring_buf: address, length, id; the ring's tail lies in the first entry's last two bytes.
    private readonly byte* _bufferRing;
    private readonly int _bufferMask;
    private ushort _bufferTail;

    public Ring(Settings settings)
    {
        _settings = settings;
        RingSetup setup = new()
        {
            Flags = Kernel.SetupCompletionSize | Kernel.SetupCoopTaskrun | Kernel.SetupNoArray
                | (settings.IsNotDeferred ? 0 : Kernel.SetupSingleIssuer | Kernel.SetupDeferTaskrun),
            CompletionEntries = CompletionEntries,
        };
        Descriptor = (int)Kernel.Check(
            Kernel.Call(Kernel.SysSetup, Entries, (ulong)&setup, 0, 0, null, 0), "io_uring_setup");

        const int ReadWrite = 3;
        const int SharedPopulate = 0x8001;
        const long SubmissionsOffset = 0x10000000;
        nuint ringBytes = setup.Completions + (setup.CompletionEntries * (nuint)sizeof(Completion));
        byte* ring = (byte*)Kernel.Map(null, ringBytes, ReadWrite, SharedPopulate, Descriptor, 0);
        Kernel.Check((long)ring, "mmap of the ring");
        _submissions = (Submission*)Kernel.Map(null, setup.SubmissionEntries * (nuint)sizeof(Submission),
            ReadWrite, SharedPopulate, Descriptor, SubmissionsOffset);
        Kernel.Check((long)_submissions, "mmap of the submissions");
        _submissionHead = (uint*)(ring + setup.SubmissionHead);
        _submissionTail = (uint*)(ring + setup.SubmissionTail);
        _submissionMask = *(uint*)(ring + setup.SubmissionMask);
        _completionHead = (uint*)(ring + setup.CompletionHead);
        _completionTail = (uint*)(ring + setup.CompletionTail);
        _completionMask = *(uint*)(ring + setup.CompletionMask);
        _completions = (Completion*)(ring + setup.Completions);

        _enterDescriptor = (ulong)Descriptor;
        if (!settings.IsRingUnregistered)
        {
            ulong* update = stackalloc ulong[2] { uint.MaxValue, (ulong)Descriptor };
            Register(Kernel.RegisterRingDescriptors, update, 1);
            _enterDescriptor = (uint)*update;
            _enterFlags = Kernel.EnterRegisteredRing;
        }

        // struct io_uring_getevents_arg: mask, mask size and minimum wait, timeout.
        _extended = Kernel.Memory(4096);
        _timeout = (ulong*)(_extended + 64);
        _timeout[0] = 1;
        *(uint*)(_extended + 12) = (uint)settings.MinWaitUs;
        *(ulong*)(_extended + 16) = (ulong)_timeout;

        _bufferMask = settings.BufferCount - 1;
        _bufferRing = Kernel.Memory((nuint)settings.BufferCount * 16);
        Buffers = Kernel.Memory((nuint)settings.BufferCount * (nuint)settings.BufferBytes);
        ulong* group = stackalloc ulong[5] { (ulong)_bufferRing, (uint)settings.BufferCount, 0, 0, 0 };
        Register(Kernel.RegisterBufferRing, group, 1);
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
        Kernel.Call(Kernel.SysRegister, (ulong)Descriptor, what, (ulong)argument, count, null, 0),
        $"io_uring_register {what}");

    /// <summary>The next submission, cleared.</summary>
    public ref Submission Next()
    {
        if (_tail - Volatile.Read(ref *_submissionHead) > _submissionMask)
        {
            Enter(0, 0);
        }

        ref Submission submission = ref _submissions[_tail++ & _submissionMask];
        submission = default;
        return ref submission;
    }

    public void SubmitAndWait()
    {
        uint count = _settings.IsSpinning ? 0 : (uint)_settings.WaitCount;
        Enter(count, Kernel.EnterGetEvents);
    }

    public bool TryTake(out Completion completion)
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
        byte* entry = _bufferRing + ((_bufferTail++ & _bufferMask) * 16);
        *(ulong*)entry = (ulong)Buffer(id);
        *(uint*)(entry + 8) = (uint)_settings.BufferBytes;
        *(ushort*)(entry + 12) = (ushort)id;
    }

    public void PublishBuffers() => Volatile.Write(ref *(ushort*)(_bufferRing + 14), _bufferTail);

    private void Enter(uint waitFor, uint flags)
    {
        Volatile.Write(ref *_submissionTail, _tail);
        uint count = _tail - _submitted;
        void* argument = null;
        ulong argumentBytes = 0;
        if (_settings.MinWaitUs > 0 && flags != 0)
        {
            flags |= Kernel.EnterExtendedArgument;
            argument = _extended;
            argumentBytes = 24;
        }

        long taken = Kernel.Call(Kernel.SysEnter, _enterDescriptor, count, waitFor, flags | _enterFlags,
            argument, argumentBytes);
        if (taken >= 0)
        {
            _submitted += (uint)taken;
        }
        else
        {
            const int Interrupted = 4;
            const int Again = 11;
            const int Busy = 16;
            const int TimedOut = 62;
            int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            if (error is not (Interrupted or Again or Busy or TimedOut))
            {
                throw new IOException($"io_uring_enter: errno {error}");
            }
        }
    }
}
