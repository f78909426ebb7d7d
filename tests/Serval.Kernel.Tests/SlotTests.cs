using System.Net.Sockets;
using System.Runtime.InteropServices;
using Serval.DataPlane.Rings;
using static Serval.Kernel.Tests.KernelRing;

namespace Serval.Kernel.Tests;

public sealed unsafe class SlotTests
{
    private const int LargeBytes = 64 << 20;

    [Fact]
    public void A_closed_slot_is_free_for_the_very_next_submission()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket first = port.ConnectTo(kernel, 2);
        using Socket second = port.Connect();
        kernel.Ring.Close(2, TokenOf(TokenKind.Close, 2));
        kernel.Ring.Accept(port.Descriptor, 2, TokenOf(TokenKind.Accept, 2));
        Assert.Equal(0, kernel.Wait(TokenKind.Accept, 2).Result);
        Assert.Empty(kernel.Unclaimed);
        Assert.Equal(0, first.Receive(new byte[1]));

        second.Send([5]);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Assert.Equal(1, kernel.Wait(TokenKind.Receive, 2).Result);
    }

    [Fact]
    public void Closing_completes_only_when_it_fails()
    {
        using KernelRing kernel = new();
        kernel.Ring.Close(2, TokenOf(TokenKind.Close, 2));
        Assert.Equal(-Errno.Badf, kernel.Wait(TokenKind.Close, 2).Result);
    }

    [Fact]
    public void Cancelling_ends_what_is_named_and_nothing_else()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        using Socket other = port.ConnectTo(kernel, 3);
        byte* memory = (byte*)NativeMemory.AllocZeroed(LargeBytes);
        try
        {
            kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
            kernel.Ring.Receive(3, isMultishot: true, 0, TokenOf(TokenKind.Receive, 3));
            // The first send fills the socket's buffer, the second one waits for room.
            kernel.Ring.Send(2, (nint)memory, LargeBytes, TokenOf(TokenKind.Send, 2));
            Assert.InRange(kernel.Wait(TokenKind.Send, 2).Result, 1, LargeBytes - 1);
            FillUp(kernel, memory);
            Assert.Empty(kernel.Unclaimed);

            kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 2), TokenOf(TokenKind.Cancel, 2));
            kernel.Ring.Cancel(TokenOf(TokenKind.Send, 2), TokenOf(TokenKind.Cancel, 2));
            Assert.Equal(-Errno.Canceled, kernel.Wait(TokenKind.Receive, 2).Result);
            Assert.Equal(-Errno.Canceled, kernel.Wait(TokenKind.Send, 2).Result);

            other.Send([1]);
            Assert.Equal(1, kernel.Wait(TokenKind.Receive, 3).Result);
            Assert.Empty(kernel.Unclaimed);
        }
        finally
        {
            kernel.Dispose();
            NativeMemory.Free(memory);
        }
    }

    // The kernel moves bytes to the other end for a while: sends go on until one stays.
    private static void FillUp(KernelRing kernel, byte* memory)
    {
        while (true)
        {
            kernel.Ring.Send(2, (nint)memory, LargeBytes, TokenOf(TokenKind.Send, 2));
            kernel.Settle();
            if (kernel.Unclaimed.Count == 0) return;
            kernel.Wait(TokenKind.Send, 2);
        }
    }

    [Fact]
    public void The_end_of_the_ring_closes_what_its_slots_hold()
    {
        KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        kernel.Poll();
        kernel.Dispose();
        Assert.Equal(0, client.Receive(new byte[1]));
    }
}
