using System.Net.Sockets;
using System.Runtime.InteropServices;
using Serval.DataPlane;
using Serval.DataPlane.Rings;
using Tmds.Linux;
using static Serval.Kernel.Tests.KernelRing;

namespace Serval.Kernel.Tests;

public sealed unsafe class SendTests
{
    // More than the largest send and receive buffers that the kernel grows to (net.ipv4.tcp_wmem, tcp_rmem).
    private const int LargeBytes = 64 << 20;

    [Fact]
    public void A_send_larger_than_the_socket_buffer_completes_with_what_there_is_room_for()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        byte* memory = (byte*)NativeMemory.AllocZeroed(LargeBytes);
        try
        {
            for (int i = 0; i < LargeBytes; i += 4096) memory[i] = (byte)(i >> 12);
            kernel.Ring.Send(2, (nint)memory, LargeBytes, TokenOf(TokenKind.Send, 2));
            Completion first = kernel.Wait(TokenKind.Send, 2);
            Assert.InRange(first.Result, 1, LargeBytes - 1);
            Assert.False(first.HasMore);

            Task<bool> reading = Task.Run(() => ReadsPattern(client));
            for (int sent = first.Result; sent < LargeBytes;)
            {
                kernel.Ring.Send(2, (nint)(memory + sent), LargeBytes - sent, TokenOf(TokenKind.Send, 2));
                int more = kernel.Wait(TokenKind.Send, 2).Result;
                Assert.InRange(more, 1, LargeBytes - sent);
                sent += more;
            }

            Assert.True(reading.GetAwaiter().GetResult());
            Assert.Empty(kernel.Unclaimed);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    [Fact]
    public void Runs_leave_in_order_in_one_send()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        SendRuns(kernel, 2, Limits.VectorsPerSend, first: 1);
        Assert.Equal(3 * Limits.VectorsPerSend, kernel.Wait(TokenKind.Send, 2).Result);
        byte[] received = ReadExactly(client, 3 * Limits.VectorsPerSend);
        for (int i = 0; i < received.Length; i++) Assert.Equal(1 + (i / 3), received[i]);
    }

    [Fact]
    public void Runs_of_more_sends_than_one_enter_takes_all_leave()
    {
        const int sends = (Limits.VectorsPerEnter / Limits.VectorsPerSend) + 3;
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        for (int i = 0; i < sends; i++) SendRuns(kernel, 2, Limits.VectorsPerSend, first: 1);
        for (int i = 0; i < sends; i++)
            Assert.Equal(3 * Limits.VectorsPerSend, kernel.Wait(TokenKind.Send, 2).Result);
        Assert.Equal(
            3 * Limits.VectorsPerSend * sends, ReadExactly(client, 3 * Limits.VectorsPerSend * sends).Length);
    }

    [Fact]
    public void Runs_that_find_the_queue_full_keep_their_place_until_they_are_submitted()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket first = port.ConnectTo(kernel, 2);
        using Socket second = port.ConnectTo(kernel, 3);
        // Whatever completes at once and does no harm fills the queue to the brim.
        for (int i = 0; i < Limits.SubmissionEntries; i++)
            kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 9), TokenOf(TokenKind.Cancel, 9));
        SendRuns(kernel, 2, runs: 1, first: 11);
        SendRuns(kernel, 3, runs: 1, first: 22);
        Assert.Equal(3, kernel.Wait(TokenKind.Send, 2).Result);
        Assert.Equal(3, kernel.Wait(TokenKind.Send, 3).Result);
        Assert.Equal([11, 11, 11], ReadExactly(first, 3));
        Assert.Equal([22, 22, 22], ReadExactly(second, 3));
    }

    [Fact]
    public void A_send_to_a_peer_that_reset_fails_without_a_signal()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        Socket client = port.ConnectTo(kernel, 2);
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Assert.Equal(-Errno.Connreset, kernel.Wait(TokenKind.Receive, 2).Result);
        kernel.Ring.Send(2, kernel.Buffers.Address(0, 0), 1, TokenOf(TokenKind.Send, 2));
        Assert.Equal(-Errno.Pipe, kernel.Wait(TokenKind.Send, 2).Result);
    }

    [Fact]
    public void Ending_the_sending_half_leaves_the_other_open()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.ShutdownSend(2, TokenOf(TokenKind.Shutdown, 2));
        Assert.Equal(0, kernel.Wait(TokenKind.Shutdown, 2).Result);
        Assert.Equal(0, client.Receive(new byte[1]));
        client.Send([1]);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Assert.Equal(1, kernel.Wait(TokenKind.Receive, 2).Result);
    }

    internal static byte[] ReadExactly(Socket client, int count)
    {
        byte[] bytes = new byte[count];
        int read = 0;
        while (read < count)
        {
            int more = client.Receive(bytes.AsSpan(read));
            Assert.True(more > 0, "the connection ended early");
            read += more;
        }

        return bytes;
    }

    private static bool ReadsPattern(Socket client)
    {
        byte[] bytes = ReadExactly(client, LargeBytes);
        for (int i = 0; i < LargeBytes; i += 4096)
        {
            if (bytes[i] != (byte)(i >> 12)) return false;
        }

        return true;
    }

    // Runs of three bytes: the number of the run, counted from first.
    private static void SendRuns(KernelRing kernel, int slot, int runs, byte first)
    {
        Span<iovec> vectors = stackalloc iovec[runs];
        for (int i = 0; i < runs; i++)
        {
            // The place follows from the value, so that sends of equal runs may share the last buffer.
            int offset = (first + i) * 3;
            kernel.Buffers.Span(kernel.Buffers.Count - 1, offset, 3).Fill((byte)(first + i));
            vectors[i] = new iovec
            {
                iov_base = (void*)kernel.Buffers.Address(kernel.Buffers.Count - 1, offset),
                iov_len = 3,
            };
        }

        kernel.Ring.SendVectors(slot, vectors, TokenOf(TokenKind.Send, slot));
        vectors.Clear();
    }
}
