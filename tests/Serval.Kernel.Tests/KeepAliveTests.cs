using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Serval.DataPlane;
using Serval.DataPlane.Rings;

namespace Serval.Kernel.Tests;

/// <summary>Peers that vanish without a word are found out on both sides.</summary>
public sealed class KeepAliveTests
{
    private const string KeepAliveTimer = "02";

    [Fact]
    public void An_accepted_connection_inherits_keep_alive_from_its_listener()
    {
        using KernelRing kernel = new();
        using ListeningPort listening = new();
        using Socket client = listening.ConnectTo(kernel, 3);
        Assert.Equal(KeepAliveTimer, TimerOf(listening.Endpoint, (IPEndPoint)client.LocalEndPoint!));
    }

    [Fact]
    public void A_connection_to_an_endpoint_has_keep_alive()
    {
        using KernelRing kernel = new();
        using Socket endpoint = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        endpoint.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        endpoint.Listen();
        IPEndPoint address = (IPEndPoint)endpoint.LocalEndPoint!;
        kernel.Ring.Address(4) = Serval.DataPlane.Rings.SocketAddress.From(address);
        kernel.Ring.Connect(4, KernelRing.TokenOf(TokenKind.Connect, 4));
        Assert.Equal(0, kernel.Wait(TokenKind.Connect, 4).Result);
        kernel.Ring.WatchPeer(4, KernelRing.TokenOf(TokenKind.Option, 4));
        kernel.Poll();
        Assert.Empty(kernel.Unclaimed);
        using Socket accepted = endpoint.Accept();
        Assert.Equal(KeepAliveTimer, TimerOf((IPEndPoint)accepted.RemoteEndPoint!, address));
    }

    // tcp(7) and socket(7).
    [Theory]
    [InlineData(6, 1, 1)] // TCP_NODELAY
    [InlineData(1, 9, 1)] // SO_KEEPALIVE
    [InlineData(6, 4, Limits.KeepAliveIdleSeconds)] // TCP_KEEPIDLE
    [InlineData(6, 5, Limits.KeepAliveIntervalSeconds)] // TCP_KEEPINTVL
    [InlineData(6, 18, 77_000)] // TCP_USER_TIMEOUT
    public void A_listener_passes_on_when_a_silent_peer_is_given_up(int level, int name, int expected)
    {
        int descriptor = Listening.Open(new IPEndPoint(IPAddress.Loopback, 0), unacknowledgedMs: 77_000);
        using Socket listener = new(new SafeSocketHandle(descriptor, ownsHandle: true));
        Span<byte> value = stackalloc byte[4];
        Assert.Equal(4, listener.GetRawSocketOption(level, name, value));
        Assert.Equal(expected, BitConverter.ToInt32(value));
    }

    // proc(5), net/tcp: local and remote address in hexadecimal, state, queues, then the timer that runs.
    private static string TimerOf(IPEndPoint local, IPEndPoint remote)
    {
        string wanted = $"{Hex(local)} {Hex(remote)}";
        string row = File.ReadLines("/proc/net/tcp").Single(
            line => line.Contains(wanted, StringComparison.Ordinal));
        return row.Split(' ', StringSplitOptions.RemoveEmptyEntries)[5].Split(':')[0];
    }

    private static string Hex(IPEndPoint endpoint) => string.Create(
        CultureInfo.InvariantCulture,
        $"{BitConverter.ToUInt32(endpoint.Address.GetAddressBytes()):X8}:{endpoint.Port:X4}");
}
