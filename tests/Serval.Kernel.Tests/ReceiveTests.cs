using System.Net.Sockets;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Rings;
using static Serval.Kernel.Tests.KernelRing;

namespace Serval.Kernel.Tests;

public sealed class ReceiveTests
{
    [Fact]
    public void A_multishot_receive_stays_armed_and_names_a_buffer_each_time()
    {
        using KernelRing kernel = new(provided: 4);
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        HashSet<int> buffers = [];
        for (byte round = 1; round <= 3; round++)
        {
            client.Send([round, 7, 7]);
            Completion received = kernel.Wait(TokenKind.Receive, 2);
            Assert.Equal(3, received.Result);
            Assert.True(received.HasMore);
            Assert.True(buffers.Add(received.Buffer), "a buffer was given out twice");
            Assert.Equal(round, kernel.Buffers.Span(received.Buffer, BufferPool.HeadroomBytes, 3)[0]);
        }
    }

    [Fact]
    public void A_single_receive_takes_no_more_than_it_may_and_leaves_the_rest()
    {
        using KernelRing kernel = new(provided: 4);
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        client.Send(new byte[BufferPool.SmallBytes + 5]);
        kernel.Ring.Receive(2, isMultishot: false, BufferPool.SmallBytes, TokenOf(TokenKind.Receive, 2));
        Completion first = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal((BufferPool.SmallBytes, false), (first.Result, first.HasMore));
        kernel.Ring.Receive(2, isMultishot: false, BufferPool.SmallBytes, TokenOf(TokenKind.Receive, 2));
        Completion second = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal((5, false), (second.Result, second.HasMore));
        Assert.NotEqual(first.Buffer, second.Buffer);
    }

    [Fact]
    public void A_receive_without_a_buffer_ends_and_goes_on_when_armed_again()
    {
        using KernelRing kernel = new(provided: 1);
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        client.Send([1]);
        Completion first = kernel.Wait(TokenKind.Receive, 2);
        Assert.True(first.HasMore);
        client.Send([2]);
        Completion starved = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal((-Errno.Nobufs, -1, false), (starved.Result, starved.Buffer, starved.HasMore));

        kernel.Ring.ProvideBuffer(first.Buffer);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Completion second = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal(1, second.Result);
        Assert.Equal(2, kernel.Buffers.Span(second.Buffer, BufferPool.HeadroomBytes, 1)[0]);
    }

    [Fact]
    public void A_receive_with_no_buffer_at_all_fails_at_once_when_bytes_are_there()
    {
        using KernelRing kernel = new(provided: 0);
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        client.Send([1]);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Assert.Equal(-Errno.Nobufs, kernel.Wait(TokenKind.Receive, 2).Result);
    }

    [Fact]
    public void More_bytes_than_a_buffer_fill_several_in_order()
    {
        using KernelRing kernel = new(provided: 8);
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        byte[] sent = new byte[3 * BufferPool.ReceiveBytes];
        for (int i = 0; i < sent.Length; i++) sent[i] = (byte)(i / 251);
        client.Send(sent);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        List<byte> received = [];
        while (received.Count < sent.Length)
        {
            Completion run = kernel.Wait(TokenKind.Receive, 2);
            Assert.InRange(run.Result, 1, BufferPool.ReceiveBytes);
            received.AddRange(kernel.Buffers.Span(run.Buffer, BufferPool.HeadroomBytes, run.Result));
            kernel.Ring.ProvideBuffer(run.Buffer);
        }

        Assert.Equal(sent, received);
    }

    [Fact]
    public void The_end_of_the_peer_is_a_result_of_zero_behind_its_bytes()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        client.Send([1, 2]);
        client.Shutdown(SocketShutdown.Send);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Assert.Equal(2, kernel.Wait(TokenKind.Receive, 2).Result);
        Completion end = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal((0, -1, false), (end.Result, end.Buffer, end.HasMore));
    }

    [Fact]
    public void A_reset_of_the_peer_is_an_error()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        kernel.Poll();
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
        Completion reset = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal((-Errno.Connreset, false), (reset.Result, reset.HasMore));
    }

    [Fact]
    public void A_cancelled_receive_completes_and_bytes_wait_for_the_next()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        using Socket client = port.ConnectTo(kernel, 2);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        kernel.Poll();
        kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 2), TokenOf(TokenKind.Cancel, 2));
        Completion cancelled = kernel.Wait(TokenKind.Receive, 2);
        Assert.Equal((-Errno.Canceled, false), (cancelled.Result, cancelled.HasMore));
        kernel.Settle();
        Assert.Empty(kernel.Unclaimed);

        client.Send([9]);
        kernel.Ring.Receive(2, isMultishot: true, 0, TokenOf(TokenKind.Receive, 2));
        Assert.Equal(1, kernel.Wait(TokenKind.Receive, 2).Result);
    }

    [Fact]
    public void Cancelling_what_is_not_in_flight_completes_with_an_error()
    {
        const int noEntry = 2;
        using KernelRing kernel = new();
        kernel.Ring.Cancel(TokenOf(TokenKind.Receive, 9), TokenOf(TokenKind.Cancel, 9));
        Assert.Equal(-noEntry, kernel.Wait(TokenKind.Cancel, 9).Result);
    }
}
