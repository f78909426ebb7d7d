using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Serval.DataPlane.Buffers;
using Tmds.Linux;

namespace Serval.DataPlane.Rings;

/// <summary>
/// io_uring. Created, used and disposed by one thread (SINGLE_ISSUER). Memory shared with the kernel is read
/// and written in this file and in LinuxRing.Setup.cs only; the ordering of each access is named there.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.SubmissionEntries"/> between two enters;
/// a full queue is submitted early.
/// </summary>
internal unsafe partial struct LinuxRing : IRing
{
    private const int OperationsPerConnect = 3;
    private const int FlushTriesMax = 1_000;
    private const int IdleEntersMax = 16;
    private const uint MessageNoSignal = 0x4000;

    private int _descriptor;
    private int _realDescriptor;
    private uint _enterFlags;
    private byte* _ring;
    private nuint _ringBytes;
    private SubmissionEntry* _entries;
    private nuint _entriesBytes;
    private uint* _submissionHead;
    private uint* _submissionTail;
    private uint _submissionMask;
    private uint _submissionTailLocal;
    private uint _submitted;
    private uint* _completionHead;
    private uint* _completionTail;
    private uint _completionMask;
    private io_uring_cqe* _completions;
    private uint _completionHeadLocal;
    private ProvidedBuffer* _provided;
    private nuint _providedBytes;
    private ushort _providedMask;
    private ushort _providedTail;
    private BufferPool _buffers;
    private SocketAddress* _addresses;
    private nuint _addressesBytes;
    private msghdr* _messages;
    private iovec* _vectors;
    private int _vectorsUsed;
    private int _messagesUsed;
    private (int Level, int Name, int Value)[] _peerOptions;
    private int* _peerOptionValues;
    private ulong* _wakeValue;
    private int _wakeDescriptor;

    // A kernel-shared word: tail is published with release so that the kernel sees whole entries.
    public void ProvideBuffer(int buffer)
    {
        Debug.Assert(buffer <= ushort.MaxValue);
        ProvidedBuffer* entry = _provided + (_providedTail & _providedMask);
        entry->Address = (ulong)_buffers.Address(buffer, BufferPool.HeadroomBytes);
        entry->Length = BufferPool.ReceiveBytes;
        entry->BufferId = (ushort)buffer;
        _providedTail++;
        Volatile.Write(ref _provided->Reserved, _providedTail);
    }

    public void Accept(int listener, int slot, Token token)
    {
        SocketAddress* address = _addresses + slot;
        address->Length = SocketAddress.BytesMax;
        SubmissionEntry* entry = Next(Opcode.Accept, token);
        entry->Descriptor = listener;
        entry->Address = (ulong)address;
        entry->Offset = (ulong)&address->Length;
        entry->FileIndex = (uint)slot + 1;
    }

    public ref SocketAddress Address(int slot) => ref _addresses[slot];

    // Socket, TCP_NODELAY and connect, linked: the kernel runs them in order within one enter. An entry that
    // skips its success and fails takes the completions of all that follow with it: so each of the three
    // carries the token, and exactly one completes.
    public void Connect(int slot, Token token)
    {
        EnsureRoom(OperationsPerConnect);
        SocketAddress* address = _addresses + slot;
        SubmissionEntry* entry = Next(Opcode.Socket, token);
        entry->Flags = RingFlags.EntryLink | RingFlags.EntrySkipSuccess;
        entry->Descriptor = address->Family;
        entry->Offset = 1; // SOCK_STREAM
        entry->FileIndex = (uint)slot + 1;

        // Only what must be set before the first byte: what is queued behind a link cannot be cancelled.
        entry = SetOption(slot, 0, token);
        entry->Flags |= RingFlags.EntryLink;

        entry = Next(Opcode.Connect, token);
        entry->Flags = RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->Address = (ulong)address;
        entry->Offset = address->Length;
    }

    public void WatchPeer(int slot, Token token)
    {
        for (int i = 1; i < _peerOptions.Length; i++) SetOption(slot, i, token);
    }

    public void Receive(int slot, bool isMultishot, int bytesMax, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.Receive, token);
        entry->Flags = RingFlags.EntryFixedFile | RingFlags.EntryBufferSelect;
        entry->Descriptor = slot;
        // Of a receive that goes on the length must be zero: it fills what was provided.
        if (isMultishot) entry->IoPriority = RingFlags.ReceiveMultishot;
        else entry->Length = (uint)bytesMax;
    }

    public void Send(int slot, nint address, int length, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.Send, token);
        entry->Flags = RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->Address = (ulong)address;
        entry->Length = (uint)length;
        // Not WAITALL: what has left must show while the rest waits, or a slow peer looks like a dead one.
        entry->OperationFlags = MessageNoSignal;
    }

    public void SendVectors(int slot, ReadOnlySpan<iovec> vectors, Token token)
    {
        if (_messagesUsed == Limits.VectorSendsPerEnter
            || _vectorsUsed + vectors.Length > Limits.VectorsPerEnter)
            Flush();
        // Before places are taken: submitting makes them all free again, and this one is not submitted yet.
        EnsureRoom(1);
        msghdr* message = _messages + _messagesUsed++;
        iovec* copy = _vectors + _vectorsUsed;
        _vectorsUsed += vectors.Length;
        vectors.CopyTo(new Span<iovec>(copy, vectors.Length));
        *message = default;
        message->msg_iov = copy;
        message->msg_iovlen = vectors.Length;

        SubmissionEntry* entry = Next(Opcode.SendMessage, token);
        entry->Flags = RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->Address = (ulong)message;
        entry->Length = 1;
        entry->OperationFlags = MessageNoSignal;
    }

    public void QueryUnacknowledged(int slot, Token token) =>
        Command(slot, RingFlags.CommandUnacknowledged, token);

    public void QueryUnread(int slot, Token token) => Command(slot, RingFlags.CommandUnread, token);

    public void Watch(int slot, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.PollAdd, token);
        entry->Flags = RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->OperationFlags = (uint)RingFlags.PollEnd;
    }

    public void ShutdownSend(int slot, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.Shutdown, token);
        entry->Flags = RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->Length = 1; // SHUT_WR
    }

    public void Cancel(Token target, Token token)
    {
        // By token, which the kernel finds by hash; by descriptor it would look at everything in flight.
        SubmissionEntry* entry = Next(Opcode.AsyncCancel, token);
        entry->Flags = RingFlags.EntrySkipSuccess;
        entry->Address = target.Value;
    }

    public void Close(int slot, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.Close, token);
        entry->Flags = RingFlags.EntrySkipSuccess;
        entry->FileIndex = (uint)slot + 1;
    }

    public void ArmWake(Token token)
    {
        SubmissionEntry* entry = Next(Opcode.Read, token);
        entry->Descriptor = _wakeDescriptor;
        entry->Address = (ulong)_wakeValue;
        entry->Length = sizeof(ulong);
    }

    public void SubmitAndWait(long timeoutNanoseconds)
    {
        bool isReady = Volatile.Read(ref *_completionTail) != _completionHeadLocal;
        Enter(isReady || timeoutNanoseconds == 0 ? 0u : 1u, timeoutNanoseconds);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReap(out Completion completion)
    {
        uint head = _completionHeadLocal;
        // Acquire: the entry is read after the tail that announced it.
        if (head == Volatile.Read(ref *_completionTail))
        {
            completion = default;
            return false;
        }

        io_uring_cqe* entry = _completions + (head & _completionMask);
        uint flags = entry->flags;
        int buffer = (flags & RingFlags.CompletionBuffer) != 0
            ? (int)(flags >> RingFlags.CompletionBufferShift)
            : -1;
        completion = new Completion(
            new Token(entry->user_data), entry->res, buffer, (flags & RingFlags.CompletionMore) != 0);
        _completionHeadLocal = head + 1;
        // Release: the kernel may reuse the entry only after it was read.
        Volatile.Write(ref *_completionHead, head + 1);
        return true;
    }

    private void Command(int slot, uint operation, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.UringCommand, token);
        entry->Flags = RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->CommandOperation = operation;
    }

    private SubmissionEntry* SetOption(int slot, int option, Token token)
    {
        SubmissionEntry* entry = Next(Opcode.UringCommand, token);
        entry->Flags = RingFlags.EntrySkipSuccess | RingFlags.EntryFixedFile;
        entry->Descriptor = slot;
        entry->CommandOperation = RingFlags.CommandSetSocketOption;
        entry->Level = (uint)_peerOptions[option].Level;
        entry->OptionName = (uint)_peerOptions[option].Name;
        entry->OptionLength = sizeof(int);
        entry->OptionValue = (ulong)(_peerOptionValues + option);
        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SubmissionEntry* Next(Opcode opcode, Token token)
    {
        EnsureRoom(1);
        SubmissionEntry* entry = _entries + (_submissionTailLocal++ & _submissionMask);
        Unsafe.InitBlockUnaligned(entry, 0, (uint)sizeof(SubmissionEntry));
        entry->Opcode = (byte)opcode;
        entry->Token = token.Value;
        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(uint count)
    {
        if (_submissionTailLocal - _submitted + count > _submissionMask + 1) Flush();
    }

    // A submission is never dropped. A kernel that takes none, time and again, is out of memory.
    private void Flush()
    {
        for (int tries = 0; tries < FlushTriesMax; tries++)
        {
            Enter(0, 0);
            if (_submitted == _submissionTailLocal) return;
        }

        Invariant.Fail("the kernel takes submissions", _submissionTailLocal - _submitted);
    }

    private void Enter(uint waitFor, long timeoutNanoseconds)
    {
        // Release: the entries are whole before the kernel sees the tail.
        Volatile.Write(ref *_submissionTail, _submissionTailLocal);
        timespec wait = new()
        {
            tv_sec = timeoutNanoseconds / 1_000_000_000,
            tv_nsec = (int)(timeoutNanoseconds % 1_000_000_000),
        };
        EnterArguments arguments = new() { SignalMaskSize = 8, Timespec = (ulong)&wait };
        uint flags = _enterFlags | RingFlags.EnterGetEvents;
        int idleEnters = 0;
        do
        {
            uint before = _submitted;
            uint pending = _submissionTailLocal - _submitted;
            // Not LibC.io_uring_enter: it takes a signal mask where the extended arguments stand here.
            int result = (int)LibC.syscall(
                RingFlags.EnterCall, _descriptor, pending, waitFor, flags, &arguments,
                sizeof(EnterArguments));
            if (result >= 0)
            {
                _submitted += (uint)result;
            }
            else
            {
                int errno = Marshal.GetLastPInvokeError();
                // ETIME: the wait is over. EINTR: a signal; the turn comes again. EBUSY, EAGAIN: completions
                // must be reaped first; they are flushed by the same call and the caller's turn reaps them.
                // The kernel consumes submissions before it waits, so its head says what was taken.
                _submitted = Volatile.Read(ref *_submissionHead);
                if (errno is not (Errno.Time or Errno.Intr or Errno.Busy or Errno.Again))
                    Invariant.Fail("io_uring_enter failed with an error that no operation can cause", errno);
            }

            waitFor = 0;
            idleEnters = _submitted == before ? idleEnters + 1 : 0;
        }
        while (MustEnterAgain(_submissionTailLocal - _submitted, idleEnters, CompletionsHaveRoom()));

        // Entries that were not taken still point into the scratch space.
        if (_submitted != _submissionTailLocal) return;
        _vectorsUsed = 0;
        _messagesUsed = 0;
    }

    /// <summary>
    /// Whether what the kernel has left is offered to it again at once. A kernel without memory takes nothing
    /// for a while: the turn goes on, so that timers and what has completed have theirs, and the next one
    /// offers the rest.
    /// </summary>
    /// <param name="left">Submissions that it has not taken.</param>
    /// <param name="idleEnters">Enters in a row in which it took none.</param>
    /// <param name="completionsHaveRoom">False when completions must be reaped first.</param>
    internal static bool MustEnterAgain(uint left, int idleEnters, bool completionsHaveRoom) =>
        left != 0 && completionsHaveRoom && idleEnters < IdleEntersMax;

    private readonly bool CompletionsHaveRoom() =>
        Volatile.Read(ref *_completionTail) - _completionHeadLocal <= _completionMask;
}
