using Tmds.Linux;

namespace Serval.DataPlane.Rings;

/// <summary>
/// The seam between a worker and the kernel: submissions in, completions out. <see cref="LinuxRing"/> is
/// io_uring; the simulated ring of the tests plays faults beneath the same workers.
/// Descriptors are direct ones: their index is the slot of the connection they belong to.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.SubmissionEntries"/>.
/// </summary>
internal interface IRing
{
    /// <summary>Puts a buffer at the kernel's disposal for receives.</summary>
    void ProvideBuffer(int buffer);

    /// <summary>
    /// Accepts one connection of a listening descriptor into <paramref name="slot"/>, with its address.
    /// </summary>
    void Accept(int listener, int slot, Token token);

    /// <summary>The address that an accept wrote for <paramref name="slot"/>.</summary>
    ref SocketAddress Address(int slot);

    /// <summary>
    /// Creates a TCP socket at <paramref name="slot"/> and connects it to <see cref="Address"/>. Completes
    /// once, whichever part failed; the slot may then be empty.
    /// </summary>
    void Connect(int slot, Token token);

    /// <summary>
    /// Has the kernel find out when the peer of a connection that stands vanishes without a word
    /// (<see cref="PeerOptions"/>). Completes only where that failed, which matters to nobody.
    /// </summary>
    void WatchPeer(int slot, Token token);

    /// <summary>
    /// Receives into provided buffers: once, at most <paramref name="bytesMax"/>; or whole buffers until it
    /// ends or is cancelled.
    /// </summary>
    void Receive(int slot, bool isMultishot, int bytesMax, Token token);

    /// <summary>
    /// Sends of one run of memory what the socket has room for; it stays put until completion.
    /// </summary>
    void Send(int slot, nint address, int length, Token token);

    /// <summary>
    /// The same for several runs; memory stays put until completion, <paramref name="vectors"/> itself is
    /// copied.
    /// </summary>
    void SendVectors(int slot, ReadOnlySpan<iovec> vectors, Token token);

    /// <summary>Completes with the number of bytes that were sent and not acknowledged.</summary>
    void QueryUnacknowledged(int slot, Token token);

    /// <summary>Completes with the number of bytes that have come and were not received.</summary>
    void QueryUnread(int slot, Token token);

    /// <summary>
    /// Completes with poll events once the connection is gone or the peer has ended its half. Reads nothing.
    /// </summary>
    void Watch(int slot, Token token);

    /// <summary>Ends the sending half.</summary>
    void ShutdownSend(int slot, Token token);

    /// <summary>
    /// Cancels the operation that was submitted with <paramref name="target"/>, which then completes as such;
    /// this completes only when there was nothing to cancel.
    /// </summary>
    void Cancel(Token target, Token token);

    /// <summary>
    /// Closes the descriptor; the slot may be used by the next submission. Completes only on failure.
    /// </summary>
    void Close(int slot, Token token);

    /// <summary>Completes once when another thread wakes the worker.</summary>
    void ArmWake(Token token);

    /// <summary>
    /// Submits, and when nothing is to be reaped waits until something is or the time is over.
    /// </summary>
    /// <param name="timeoutNanoseconds">How long to wait; 0 polls.</param>
    void SubmitAndWait(long timeoutNanoseconds);

    /// <summary>Closes the ring; everything in flight ends and every descriptor is closed.</summary>
    void End();

    /// <summary>Takes the next completion, if there is one.</summary>
    bool TryReap(out Completion completion);
}
