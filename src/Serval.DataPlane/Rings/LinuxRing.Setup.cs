using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Rings;

// Setting up and taking down. Every kernel feature that is used is asked for here, so that what is missing is
// named with its remedy before the first connection.
internal unsafe partial struct LinuxRing
{
    private const int ProbeOperations = 256;

    /// <summary>Creates the ring on the calling thread, which must be the one that uses it.</summary>
    /// <param name="slots">Direct descriptors: one per connection slot.</param>
    /// <param name="buffers">Memory of the provided buffers; it outlives the ring.</param>
    /// <param name="wakeDescriptor">An eventfd that other threads write to.</param>
    /// <param name="unacknowledgedMs">How long an endpoint may leave bytes unacknowledged.</param>
    /// <exception cref="RingException">The kernel refused; names what is missing and the remedy.</exception>
    public static LinuxRing Create(
        int slots, BufferPool buffers, int wakeDescriptor, int unacknowledgedMs = Limits.UnacknowledgedMsMin)
    {
        LinuxRing ring = new()
        {
            _buffers = buffers,
            _wakeDescriptor = wakeDescriptor,
            _peerOptions = PeerOptions.Of(unacknowledgedMs),
        };
        RingParameters parameters = new()
        {
            CompletionEntries = Limits.CompletionEntries,
            Flags = RingFlags.SetupCompletionSize | RingFlags.SetupClamp | RingFlags.SetupSubmitAll
                | RingFlags.SetupCoopTaskrun | RingFlags.SetupSingleIssuer | RingFlags.SetupDeferTaskrun
                | RingFlags.SetupNoSubmissionArray,
        };
        nint descriptor = Libc.Syscall2(Libc.SysIoUringSetup, Limits.SubmissionEntries, &parameters);
        if (descriptor < 0) throw SetupRefused(Marshal.GetLastPInvokeError());
        ring._descriptor = (int)descriptor;
        try
        {
            ring.Map(in parameters);
            ring.RequireOperations();
            ring.RegisterSlots(slots);
            ring.RegisterBuffers();
            ring.RegisterKernelThreads();
            ring.RegisterItself();
            ring.AllocateScratch(slots);
        }
        catch (RingException)
        {
            ring.End();
            throw;
        }

        return ring;
    }

    public void End()
    {
        if (_ring != null) Libc.Munmap(_ring, _ringBytes);
        if (_entries != null) Libc.Munmap(_entries, _entriesBytes);
        if (_realDescriptor > 0)
        {
            // The registered index belongs to the thread and holds the ring: without this the ring, and every
            // connection in it, would stay open until the thread ends.
            RingFileUpdate registered = new() { Offset = (uint)_descriptor };
            Libc.Syscall4(Libc.SysIoUringRegister, _realDescriptor, RingFlags.UnregisterRingDescriptors,
                &registered, 1);
            Libc.Close(_realDescriptor);
        }
        else if (_descriptor > 0) Libc.Close(_descriptor);
        if (_provided != null) Libc.Munmap(_provided, _providedBytes);
        if (_addresses != null) Libc.Munmap(_addresses, _addressesBytes);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_peerOptionValues);
        NativeMemory.Free(_wakeValue);
        this = default;
    }

    private static RingException SetupRefused(int errno) => new(errno switch
    {
        Errno.Nosys or Errno.Perm => "io_uring is not available: " + Errno.Describe(errno)
            + ". Allow io_uring_setup, io_uring_enter and io_uring_register in the seccomp profile"
            + " (containerd's default profile blocks them since 2.0: use a Localhost profile) and set"
            + " the sysctl kernel.io_uring_disabled to 0.",
        Errno.Inval =>
            "io_uring lacks a setup flag that Serval needs (SINGLE_ISSUER, DEFER_TASKRUN, NO_SQARRAY):"
            + " a kernel of 6.7 or newer is required.",
        Errno.Nomem =>
            "io_uring_setup: " + Errno.Describe(errno) + ". Raise RLIMIT_MEMLOCK or the memory limit.",
        Errno.Mfile or Errno.Nfile => "io_uring_setup: " + Errno.Describe(errno) + ". Raise RLIMIT_NOFILE.",
        _ => "io_uring_setup: " + Errno.Describe(errno),
    });

    private void Map(in RingParameters parameters)
    {
        const uint needed =
            RingFlags.FeatureSingleMmap | RingFlags.FeatureNoDrop | RingFlags.FeatureExtendedArguments;
        if ((parameters.Features & needed) != needed)
            throw new RingException(
                "io_uring lacks SINGLE_MMAP, NODROP or EXT_ARG: a kernel of 6.7 or newer is required.");
        _ringBytes = parameters.Completions + (parameters.CompletionEntries * (nuint)sizeof(CompletionEntry));
        _ring = (byte*)MapShared(_ringBytes, RingFlags.OffsetRing);
        _entriesBytes = parameters.SubmissionEntries * (nuint)sizeof(SubmissionEntry);
        _entries = (SubmissionEntry*)MapShared(_entriesBytes, RingFlags.OffsetEntries);
        _submissionHead = (uint*)(_ring + parameters.SubmissionHead);
        _submissionTail = (uint*)(_ring + parameters.SubmissionTail);
        _submissionMask = *(uint*)(_ring + parameters.SubmissionMask);
        _completionHead = (uint*)(_ring + parameters.CompletionHead);
        _completionTail = (uint*)(_ring + parameters.CompletionTail);
        _completionMask = *(uint*)(_ring + parameters.CompletionMask);
        _completions = (CompletionEntry*)(_ring + parameters.Completions);
    }

    private readonly void* MapShared(nuint length, nint offset)
    {
        void* memory = Libc.Mmap(
            null, length, RingFlags.ProtectReadWrite, RingFlags.MapShared | RingFlags.MapPopulate,
            _descriptor, offset);
        if (memory == (void*)-1)
            throw new RingException("mapping the ring: " + Errno.Describe(Marshal.GetLastPInvokeError()));
        return memory;
    }

    // struct io_uring_probe: 16 bytes, then 8 per operation; bit 0 of its flags says "supported".
    private readonly void RequireOperations()
    {
        byte* probe = stackalloc byte[16 + (ProbeOperations * 8)];
        Unsafe.InitBlock(probe, 0, 16 + (ProbeOperations * 8));
        Register(RingFlags.RegisterProbe, probe, ProbeOperations, "probing operations");
        ReadOnlySpan<Opcode> needed =
        [
            Opcode.PollAdd, Opcode.SendMessage, Opcode.Accept, Opcode.AsyncCancel, Opcode.Connect,
            Opcode.Close, Opcode.Read,
            Opcode.Send, Opcode.Receive, Opcode.Shutdown, Opcode.Socket, Opcode.UringCommand,
        ];
        foreach (Opcode operation in needed)
        {
            bool isSupported = (*(ushort*)(probe + 16 + ((int)operation * 8) + 2) & 1) != 0;
            if (!isSupported)
                throw new RingException(
                    $"io_uring lacks the operation {operation}: a kernel of 6.7 or newer is required.");
        }
    }

    private readonly void RegisterSlots(int slots)
    {
        FileTableRegistration table = new() { Count = (uint)slots, Flags = RingFlags.RegisterFilesSparse };
        Register(RingFlags.RegisterFiles2, &table, (uint)sizeof(FileTableRegistration),
            "registering direct descriptors");
    }

    private void RegisterBuffers()
    {
        _providedBytes = (nuint)(Limits.ProvidedBuffers * sizeof(ProvidedBuffer));
        _provided = (ProvidedBuffer*)MapAnonymous(_providedBytes);
        _providedMask = Limits.ProvidedBuffers - 1;
        ProvidedRingRegistration registration = new()
        {
            Address = (ulong)_provided,
            Entries = Limits.ProvidedBuffers,
            GroupId = 0,
        };
        Register(RingFlags.RegisterProvidedRing, &registration, 1, "registering provided buffers");
    }

    // What cannot be done at once the kernel does on threads of its own, here the ends of halves. Peers cause
    // those, so their threads are bounded: one of each of the kernel's two kinds.
    private readonly void RegisterKernelThreads()
    {
        uint* most = stackalloc uint[] { Limits.KernelThreads, Limits.KernelThreads };
        Register(RingFlags.RegisterKernelThreads, most, 2, "bounding the kernel's threads");
    }

    private void RegisterItself()
    {
        RingFileUpdate update = new() { Offset = uint.MaxValue, Descriptor = (ulong)_descriptor };
        Register(RingFlags.RegisterRingDescriptors, &update, 1, "registering the ring's descriptor");
        _realDescriptor = _descriptor;
        _descriptor = (int)update.Offset;
        _enterFlags = RingFlags.EnterRegisteredRing | RingFlags.EnterExtendedArguments;
    }

    private void AllocateScratch(int slots)
    {
        _addressesBytes = (nuint)slots * (nuint)sizeof(SocketAddress);
        _addresses = (SocketAddress*)MapAnonymous(_addressesBytes);
        _messages = (MessageHeader*)NativeMemory.AllocZeroed(
            Limits.VectorSendsPerEnter, (nuint)sizeof(MessageHeader));
        _vectors = (IoVector*)NativeMemory.AllocZeroed(Limits.VectorsPerEnter, (nuint)sizeof(IoVector));
        _peerOptionValues = (int*)NativeMemory.Alloc(PeerOptions.Count, sizeof(int));
        for (int i = 0; i < _peerOptions.Length; i++) _peerOptionValues[i] = _peerOptions[i].Value;
        _wakeValue = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
    }

    private static void* MapAnonymous(nuint length)
    {
        void* memory = Libc.Mmap(
            null, length, RingFlags.ProtectReadWrite,
            RingFlags.MapPrivate | RingFlags.MapAnonymous | RingFlags.MapNoReserve, -1, 0);
        if (memory == (void*)-1)
            throw new RingException("mapping memory: " + Errno.Describe(Marshal.GetLastPInvokeError()));
        return memory;
    }

    private readonly void Register(int operation, void* argument, uint count, string purpose)
    {
        nint result = Libc.Syscall4(Libc.SysIoUringRegister, _descriptor, operation, argument, (nint)count);
        if (result >= 0) return;
        int errno = Marshal.GetLastPInvokeError();
        string remedy = errno is Errno.Mfile
            ? " Raise RLIMIT_NOFILE above the number of connection slots."
            : "";
        throw new RingException($"io_uring: {purpose}: {Errno.Describe(errno)}.{remedy}");
    }
}
