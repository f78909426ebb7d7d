using System.Net.Sockets;
using System.Runtime.InteropServices;
using Serval.DataPlane.Rings;
using static Serval.Kernel.Tests.KernelRing;

namespace Serval.Kernel.Tests;

/// <summary>What the kernel tells of a connection without moving a byte.</summary>
public sealed unsafe class QuestionTests
{
    // More than the largest send and receive buffers together.
    private const int LargeBytes = 64 << 20;

    [Fact]
    public void What_a_peer_reads_shows_in_what_it_has_not_acknowledged()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        byte* memory = (byte*)NativeMemory.AllocZeroed(LargeBytes);
        try
        {
            kernel.Ring.Send(2, (nint)memory, LargeBytes, TokenOf(TokenKind.Send, 2));
            int sent = kernel.Wait(TokenKind.Send, 2).Result;
            int before = Unacknowledged(kernel);
            Assert.InRange(before, 1, sent);
            SendTests.ReadExactly(client, sent);
            // Acknowledgements come a little after the bytes.
            while (Unacknowledged(kernel) > 0) Thread.Yield();
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    [Fact]
    public void What_was_not_received_is_counted()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        client.Send(new byte[1_000]);
        kernel.Ring.QueryUnread(2, TokenOf(TokenKind.Unread, 2));
        Assert.Equal(1_000, kernel.Wait(TokenKind.Unread, 2).Result);
        // An end behind them does not count.
        client.Shutdown(SocketShutdown.Send);
        kernel.Ring.Watch(2, TokenOf(TokenKind.Watch, 2));
        kernel.Wait(TokenKind.Watch, 2);
        kernel.Ring.QueryUnread(2, TokenOf(TokenKind.Unread, 2));
        Assert.Equal(1_000, kernel.Wait(TokenKind.Unread, 2).Result);
    }

    [Fact]
    public void An_end_behind_unread_bytes_is_told()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        client.Send([1, 2, 3]);
        kernel.Ring.Watch(2, TokenOf(TokenKind.Watch, 2));
        kernel.Settle();
        Assert.Empty(kernel.Unclaimed);
        client.Shutdown(SocketShutdown.Send);
        int events = kernel.Wait(TokenKind.Watch, 2).Result;
        Assert.NotEqual(0, events & RingFlags.PollEnd);
        Assert.Equal(0, events & RingFlags.PollGone);
    }

    [Fact]
    public void A_reset_behind_unread_bytes_is_told()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        Socket client = port.ConnectTo(kernel, 2);
        client.Send([1, 2, 3]);
        kernel.Ring.Watch(2, TokenOf(TokenKind.Watch, 2));
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Assert.NotEqual(0, kernel.Wait(TokenKind.Watch, 2).Result & RingFlags.PollGone);
    }

    [Fact]
    public void A_watch_can_be_cancelled()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.Watch(2, TokenOf(TokenKind.Watch, 2));
        kernel.Ring.Cancel(TokenOf(TokenKind.Watch, 2), TokenOf(TokenKind.Cancel, 2));
        Assert.Equal(-Errno.Canceled, kernel.Wait(TokenKind.Watch, 2).Result);
    }

    private static int Unacknowledged(KernelRing kernel)
    {
        kernel.Ring.QueryUnacknowledged(2, TokenOf(TokenKind.Unacknowledged, 2));
        return kernel.Wait(TokenKind.Unacknowledged, 2).Result;
    }
}
