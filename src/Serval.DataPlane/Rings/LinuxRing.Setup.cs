using System.Runtime.InteropServices;
using Serval.DataPlane.Buffers;
using Tmds.Linux;

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
        io_uring_params parameters = new()
        {
            cq_entries = Limits.CompletionEntries,
            flags = RingFlags.SetupCompletionSize | RingFlags.SetupClamp | RingFlags.SetupSubmitAll
                | RingFlags.SetupCoopTaskrun | RingFlags.SetupSingleIssuer | RingFlags.SetupDeferTaskrun
                | RingFlags.SetupNoSubmissionArray,
        };
        int descriptor = LibC.io_uring_setup(Limits.SubmissionEntries, &parameters);
        if (descriptor < 0) throw SetupRefused(Marshal.GetLastPInvokeError());
        ring._descriptor = descriptor;
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
        MappedMemory.Unmap(_ring, _ringBytes);
        MappedMemory.Unmap(_entries, _entriesBytes);
        if (_realDescriptor > 0)
        {
            // The registered index belongs to the thread and holds the ring: without this the ring, and every
            // connection in it, would stay open until the thread ends.
            io_uring_files_update registered = new() { offset = (uint)_descriptor };
            _ = LibC.io_uring_register(
                _realDescriptor, RingFlags.UnregisterRingDescriptors, &registered, 1);
            _ = LibC.close(_realDescriptor);
        }
        else if (_descriptor > 0) _ = LibC.close(_descriptor);
        MappedMemory.Unmap(_provided, _providedBytes);
        MappedMemory.Unmap(_addresses, _addressesBytes);
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

    private void Map(in io_uring_params parameters)
    {
        uint needed = LibC.IORING_FEAT_SINGLE_MMAP | LibC.IORING_FEAT_NODROP
            | RingFlags.FeatureExtendedArguments;
        if ((parameters.features & needed) != needed)
            throw new RingException(
                "io_uring lacks SINGLE_MMAP, NODROP or EXT_ARG: a kernel of 6.7 or newer is required.");
        _ringBytes = parameters.cq_off.cqes + (parameters.cq_entries * (nuint)sizeof(io_uring_cqe));
        _ring = (byte*)MapShared(_ringBytes, LibC.IORING_OFF_SQ_RING);
        _entriesBytes = parameters.sq_entries * (nuint)sizeof(SubmissionEntry);
        _entries = (SubmissionEntry*)MapShared(_entriesBytes, LibC.IORING_OFF_SQES);
        _submissionHead = (uint*)(_ring + parameters.sq_off.head);
        _submissionTail = (uint*)(_ring + parameters.sq_off.tail);
        _submissionMask = *(uint*)(_ring + parameters.sq_off.ring_mask);
        _completionHead = (uint*)(_ring + parameters.cq_off.head);
        _completionTail = (uint*)(_ring + parameters.cq_off.tail);
        _completionMask = *(uint*)(_ring + parameters.cq_off.ring_mask);
        _completions = (io_uring_cqe*)(_ring + parameters.cq_off.cqes);
    }

    private readonly void* MapShared(nuint length, ulong offset)
    {
        void* memory = LibC.mmap(
            null, (size_t)length, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_SHARED | LibC.MAP_POPULATE,
            _descriptor, (long)offset);
        if (memory == LibC.MAP_FAILED)
            throw new RingException("mapping the ring: " + Errno.Describe(Marshal.GetLastPInvokeError()));
        return memory;
    }

    // Behind the head of the probe stands one entry per operation; bit 0 of its flags says "supported".
    private readonly void RequireOperations()
    {
        int bytes = sizeof(io_uring_probe) + (ProbeOperations * sizeof(io_uring_probe_op));
        byte* probe = stackalloc byte[bytes];
        new Span<byte>(probe, bytes).Clear();
        io_uring_probe_op* operations = (io_uring_probe_op*)(probe + sizeof(io_uring_probe));
        Register(LibC.IORING_REGISTER_PROBE, probe, ProbeOperations, "probing operations");
        ReadOnlySpan<Opcode> needed =
        [
            Opcode.PollAdd, Opcode.SendMessage, Opcode.Accept, Opcode.AsyncCancel, Opcode.Connect,
            Opcode.Close, Opcode.Read,
            Opcode.Send, Opcode.Receive, Opcode.Shutdown, Opcode.Socket, Opcode.UringCommand,
        ];
        foreach (Opcode operation in needed)
        {
            if ((operations[(int)operation].flags & 1) == 0)
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
        _provided = (ProvidedBuffer*)MappedMemory.Map(
            _providedBytes, "the ring of provided buffers");
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
        io_uring_files_update update = new() { offset = uint.MaxValue, fds = (ulong)_descriptor };
        Register(RingFlags.RegisterRingDescriptors, &update, 1, "registering the ring's descriptor");
        _realDescriptor = _descriptor;
        _descriptor = (int)update.offset;
        _enterFlags = RingFlags.EnterRegisteredRing | RingFlags.EnterExtendedArguments;
    }

    private void AllocateScratch(int slots)
    {
        _addressesBytes = (nuint)slots * (nuint)sizeof(SocketAddress);
        _addresses = (SocketAddress*)MappedMemory.Map(_addressesBytes, "addresses");
        _messages = (msghdr*)NativeMemory.AllocZeroed(Limits.VectorSendsPerEnter, (nuint)sizeof(msghdr));
        _vectors = (iovec*)NativeMemory.AllocZeroed(Limits.VectorsPerEnter, (nuint)sizeof(iovec));
        _peerOptionValues = (int*)NativeMemory.Alloc(PeerOptions.Count, sizeof(int));
        for (int i = 0; i < _peerOptions.Length; i++) _peerOptionValues[i] = _peerOptions[i].Value;
        _wakeValue = (ulong*)NativeMemory.AllocZeroed(sizeof(ulong));
    }

    private readonly void Register(uint operation, void* argument, uint count, string purpose)
    {
        int result = LibC.io_uring_register(_descriptor, operation, argument, count);
        if (result >= 0) return;
        int errno = Marshal.GetLastPInvokeError();
        string remedy = errno is Errno.Mfile
            ? " Raise RLIMIT_NOFILE above the number of connection slots."
            : "";
        throw new RingException($"io_uring: {purpose}: {Errno.Describe(errno)}.{remedy}");
    }
}
