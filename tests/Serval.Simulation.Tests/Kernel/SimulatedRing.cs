using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.Simulation.Tests.Kernel;

/// <summary>
/// The ring of the simulation: production workers run on it unchanged. What it does not prove about a kernel:
/// that the kernel behaves as <see cref="SimulatedKernel"/> does. In particular not: memory ordering of the
/// shared queues, links between entries, which errors a given kernel version returns, what of a cancelled or
/// reset send has left, TCP's timing, retransmission and backlog, how the kernel spreads the clients of one
/// port over workers, wakes that race with a wait, workers that run at the same time (they take turns). Those
/// belong to the tests against a real kernel.
/// </summary>
internal readonly struct SimulatedRing(SimulatedKernel kernel) : IRing
{
    public void ProvideBuffer(int buffer) => kernel.ProvideBuffer(buffer);

    public void Accept(int listener, int slot, Token token) => kernel.Accept(listener, slot, token);

    public ref SocketAddress Address(int slot) => ref kernel.Address(slot);

    public void Connect(int slot, Token token) => kernel.Connect(slot, token);

    public void WatchPeer(int slot, Token token) => kernel.WatchPeer(slot);

    public void Receive(int slot, bool isMultishot, int bytesMax, Token token) =>
        kernel.Receive(slot, isMultishot, bytesMax, token);

    public unsafe void Send(int slot, nint address, int length, Token token) =>
        kernel.Send(slot, [new iovec { iov_base = (void*)address, iov_len = length }], token);

    public void SendVectors(int slot, ReadOnlySpan<iovec> vectors, Token token) =>
        kernel.Send(slot, vectors.ToArray(), token);

    public void QueryUnacknowledged(int slot, Token token) =>
        kernel.Query(slot, token, static tcp => tcp.ToPeer.Unread);

    public void QueryUnread(int slot, Token token) =>
        kernel.Query(slot, token, static tcp => tcp.ToRouter.Readable);

    public void Watch(int slot, Token token) => kernel.Watch(slot, token);

    public void ShutdownSend(int slot, Token token) => kernel.ShutdownSend(slot, token);

    public void Cancel(Token target, Token token) => kernel.Cancel(target, token);

    public void Close(int slot, Token token) => kernel.Close(slot, token);

    public void ArmWake(Token token) => kernel.ArmWake(token);

    public void SubmitAndWait(long timeoutNanoseconds) => kernel.SubmitAndWait(timeoutNanoseconds / 1_000);

    public void End() => kernel.End();

    public bool TryReap(out Completion completion) => kernel.TryReap(out completion);
}
