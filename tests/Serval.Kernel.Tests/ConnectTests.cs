using System.Net;
using System.Net.Sockets;
using Serval.DataPlane.Rings;
using static Serval.Kernel.Tests.KernelRing;
using RingAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.Kernel.Tests;

public sealed class ConnectTests
{
    private const int AddressFamilyNotSupported = 97;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Socket_option_and_connect_complete_as_one(bool isIpv6)
    {
        using KernelRing kernel = new();
        using ListeningPort port = new(isIpv6);
        Connect(kernel, 3, RingAddress.From(port.Endpoint));
        Assert.Equal(0, kernel.Wait(TokenKind.Connect, 3).Result);

        // The connection is usable: the other end is accepted into another slot and hears what is sent.
        kernel.Ring.Accept(port.Descriptor, 4, TokenOf(TokenKind.Accept, 4));
        Assert.Equal(0, kernel.Wait(TokenKind.Accept, 4).Result);
        kernel.Ring.Receive(4, isMultishot: true, 0, TokenOf(TokenKind.Receive, 4));
        Assert.True(kernel.Buffers.TryLease(out int buffer));
        kernel.Ring.Send(3, kernel.Buffers.Address(buffer, 0), 10, TokenOf(TokenKind.Send, 3));
        Assert.Equal(10, kernel.Wait(TokenKind.Send, 3).Result);
        Assert.Equal(10, kernel.Wait(TokenKind.Receive, 4).Result);
        Assert.Empty(kernel.Unclaimed);
    }

    [Fact]
    public void A_refused_connect_completes_once_and_its_slot_can_be_used_again()
    {
        using KernelRing kernel = new();
        // Bound but not listening: nobody else can take the port, and connects are refused.
        using Socket closed = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Connect(kernel, 3, RingAddress.From((IPEndPoint)closed.LocalEndPoint!));
        Assert.Equal(-Errno.Connrefused, kernel.Wait(TokenKind.Connect, 3).Result);
        Assert.Empty(kernel.Unclaimed);

        using ListeningPort port = new();
        kernel.Ring.Close(3, TokenOf(TokenKind.Close, 3));
        Connect(kernel, 3, RingAddress.From(port.Endpoint));
        Assert.Equal(0, kernel.Wait(TokenKind.Connect, 3).Result);
        Assert.Empty(kernel.Unclaimed);
    }

    [Fact]
    public void A_socket_that_cannot_be_created_completes_its_connect_once()
    {
        using KernelRing kernel = new();
        Connect(kernel, 3, new RingAddress { Family = 200, Length = 16 });
        Assert.Equal(-AddressFamilyNotSupported, kernel.Wait(TokenKind.Connect, 3).Result);
        kernel.Settle();
        Assert.Empty(kernel.Unclaimed);
        kernel.Ring.Close(3, TokenOf(TokenKind.Close, 3));
        Assert.Equal(-Errno.Badf, kernel.Wait(TokenKind.Close, 3).Result);
    }

    [Fact]
    public void A_connect_in_flight_is_cancelled_by_its_token()
    {
        using KernelRing kernel = new();
        using Socket full = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        // A backlog of none still takes one; whoever comes later waits for an answer to its SYN.
        RingAddress address = RingAddress.From((IPEndPoint)full.LocalEndPoint!);
        for (int slot = 0; slot < 8; slot++) Connect(kernel, slot, address);
        kernel.Settle();
        int before = kernel.Unclaimed.Count;
        Assert.True(before < 8, "the backlog took every connection");
        Assert.DoesNotContain(kernel.Unclaimed, completion => completion.Token.Slot == 7);
        kernel.Ring.Cancel(TokenOf(TokenKind.Connect, 7), TokenOf(TokenKind.Cancel, 7));
        Assert.Equal(-Errno.Canceled, kernel.Wait(TokenKind.Connect, 7).Result);
        kernel.Settle();
        Assert.DoesNotContain(kernel.Unclaimed, completion => completion.Token.Slot == 7);
    }

    private static void Connect(KernelRing kernel, int slot, RingAddress address)
    {
        kernel.Ring.Address(slot) = address;
        kernel.Ring.Connect(slot, TokenOf(TokenKind.Connect, slot));
    }
}
