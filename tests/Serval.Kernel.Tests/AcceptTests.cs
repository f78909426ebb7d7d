using System.Net;
using System.Net.Sockets;
using System.Text;
using Serval.DataPlane.Rings;
using static Serval.Kernel.Tests.KernelRing;
using RingAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.Kernel.Tests;

public sealed class AcceptTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_accept_fills_its_slot_and_writes_the_address_of_the_peer(bool isIpv6)
    {
        using KernelRing kernel = new();
        using ListeningPort port = new(isIpv6);
        kernel.Ring.Accept(port.Descriptor, 5, TokenOf(TokenKind.Accept, 5));
        using Socket client = port.Connect();
        Completion accepted = kernel.Wait(TokenKind.Accept, 5);

        IPEndPoint local = (IPEndPoint)client.LocalEndPoint!;
        ref RingAddress address = ref kernel.Ring.Address(5);
        Span<byte> text = stackalloc byte[64];
        Assert.Equal(new Completion(TokenOf(TokenKind.Accept, 5), 0, -1, HasMore: false), accepted);
        Assert.Equal(local.Port, address.Port);
        Assert.Equal(local.Address.ToString(), Encoding.ASCII.GetString(text[..address.FormatAddress(text)]));
        Assert.Equal(isIpv6 ? 28u : 16u, address.Length);
    }

    [Fact]
    public void Accepts_of_one_listener_each_take_one_connection()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        for (int slot = 0; slot < 3; slot++)
            kernel.Ring.Accept(port.Descriptor, slot, TokenOf(TokenKind.Accept, slot));
        using Socket first = port.Connect();
        using Socket second = port.Connect();
        using Socket third = port.Connect();
        HashSet<int> ports = [];
        for (int slot = 0; slot < 3; slot++)
        {
            Assert.Equal(0, kernel.Wait(TokenKind.Accept, slot).Result);
            ports.Add(kernel.Ring.Address(slot).Port);
        }

        Assert.Equal(3, ports.Count);
    }

    [Fact]
    public void An_accept_is_cancelled_by_its_token()
    {
        using KernelRing kernel = new();
        using ListeningPort port = new();
        kernel.Ring.Accept(port.Descriptor, 1, TokenOf(TokenKind.Accept, 1));
        kernel.Ring.Accept(port.Descriptor, 2, TokenOf(TokenKind.Accept, 2));
        kernel.Poll();
        kernel.Ring.Cancel(TokenOf(TokenKind.Accept, 1), TokenOf(TokenKind.Cancel, 1));
        Assert.Equal(-Errno.Canceled, kernel.Wait(TokenKind.Accept, 1).Result);
        kernel.Settle();
        Assert.Empty(kernel.Unclaimed);

        using Socket client = port.Connect();
        Assert.Equal(0, kernel.Wait(TokenKind.Accept, 2).Result);
    }

    [Fact]
    public void A_slot_outside_the_table_is_refused()
    {
        using KernelRing kernel = new(slots: 4);
        using ListeningPort port = new();
        using Socket client = port.Connect();
        kernel.Ring.Accept(port.Descriptor, 4, TokenOf(TokenKind.Accept, 4));
        Assert.Equal(-Errno.Inval, kernel.Wait(TokenKind.Accept, 4).Result);
    }

    [Fact]
    public void Every_slot_of_the_table_can_be_filled_at_once()
    {
        using KernelRing kernel = new(slots: 8);
        using ListeningPort port = new();
        List<Socket> clients = [];
        for (int slot = 0; slot < 8; slot++) clients.Add(port.ConnectTo(kernel, slot));
        for (int slot = 0; slot < 8; slot++) kernel.Ring.Close(slot, TokenOf(TokenKind.Close, slot));
        kernel.Settle();
        byte[] one = new byte[1];
        foreach (Socket client in clients)
        {
            Assert.Equal(0, client.Receive(one));
            client.Dispose();
        }
    }
}
