using System.Net;
using System.Net.Sockets;
using Serval.DataPlane.Rings;
using Tmds.Linux;
using RingAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.Kernel.Tests;

/// <summary>A listening socket on a free loopback port, opened as the router opens its own.</summary>
internal sealed unsafe class ListeningPort : IDisposable
{
    public ListeningPort(bool isIpv6 = false)
    {
        IPAddress address = isIpv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        Descriptor = Listening.Open(new IPEndPoint(address, 0));
        Assert.True(Descriptor >= 0, Errno.Describe(-Descriptor));
        RingAddress bound = default;
        socklen_t length = RingAddress.BytesMax;
        Assert.Equal(0, LibC.getsockname(Descriptor, (sockaddr*)&bound, &length));
        Endpoint = new IPEndPoint(address, bound.Port);
    }

    public int Descriptor { get; }

    public IPEndPoint Endpoint { get; }

    /// <summary>A blocking client that gives up after a while.</summary>
    public Socket Connect()
    {
        Socket client = new(Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = 30_000,
            SendTimeout = 30_000,
            NoDelay = true,
        };
        client.Connect(Endpoint);
        return client;
    }

    /// <summary>A client whose other end is a slot of a ring.</summary>
    public Socket ConnectTo(KernelRing kernel, int slot)
    {
        kernel.Ring.Accept(Descriptor, slot, KernelRing.TokenOf(TokenKind.Accept, slot));
        Socket client = Connect();
        Assert.Equal(0, kernel.Wait(TokenKind.Accept, slot).Result);
        return client;
    }

    public void Dispose() => Listening.Close(Descriptor);
}
