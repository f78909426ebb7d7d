using System.Net;
using System.Net.Sockets;
using Serval.Config.Model;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Tests.Accepting;

public sealed class SocketSetTests
{
    // A worker that is busy closes its socket a moment later. The listener that comes back meanwhile must not
    // take that socket for a stranger's.
    [Fact]
    public void A_socket_of_ours_that_is_yet_to_be_closed_is_in_nobodys_way()
    {
        SocketSet sockets = new(new MachineSockets());
        SocketKey key = new("127.0.0.1", Ports.Free());
        int closed = 0;
        Assert.Null(sockets.TryOpen(key, 2, _ => closed, out int[] first));
        int id = sockets.Reserve(key, _ => closed);
        sockets.MarkAdded(id);
        sockets.Remove(key);

        Assert.Null(sockets.TryOpen(key, 2, _ => closed, out int[] second));
        int other = sockets.Reserve(key, _ => closed);
        Assert.NotEqual(id, other);
        sockets.MarkAdded(other);
        sockets.Remove(key);
        Array.ForEach([.. first, .. second], Listening.Close);
        closed = 1;
        Assert.Equal(id, sockets.Reserve(key, _ => closed));
    }

    [Fact]
    public void A_strangers_port_is_refused()
    {
        using Socket stranger = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        stranger.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        stranger.Listen();
        SocketKey key = new("127.0.0.1", ((IPEndPoint)stranger.LocalEndPoint!).Port);
        string? failure = new SocketSet(new MachineSockets()).TryOpen(key, 2, _ => 0, out _);
        Assert.StartsWith("EADDRINUSE", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listener_needs_a_socket_for_each_of_its_addresses_and_one_for_all_without_any()
    {
        Listener listener = new() { Name = "web", Port = 80, Protocol = ListenerProtocol.Http };
        Assert.Equal([new SocketKey("", 80)], SocketSet.KeysOf(listener));
        Assert.Equal([new SocketKey("", 80)], SocketSet.KeysOf(listener with { Addresses = [] }));
        Assert.Equal(
            [new SocketKey("192.0.2.1", 80), new SocketKey("2001:db8::1", 80)],
            SocketSet.KeysOf(listener with { Addresses = ["192.0.2.1", "2001:db8::1"] }));
    }

    [Fact]
    public void Ids_are_given_until_there_are_none_and_again_when_one_comes_back()
    {
        SocketSet sockets = new(new ScriptedSockets());
        for (int id = 0; id < Limits.ListenSockets; id++)
            Assert.Equal(id, sockets.Reserve(new SocketKey("", id + 1), _ => 0));
        SocketKey one = new("", 60_000);
        Assert.Equal(-1, sockets.Reserve(one, _ => 0));
        sockets.Remove(new SocketKey("", 4));
        Assert.Equal(3, sockets.Reserve(one, _ => 0));
    }

    [Theory]
    [InlineData(Errno.Addrinuse, "EADDRINUSE", "ss -ltnp")]
    [InlineData(Errno.Acces, "EACCES", "CAP_NET_BIND_SERVICE")]
    [InlineData(Errno.Addrnotavail, "EADDRNOTAVAIL", "an interface of this machine")]
    [InlineData(Errno.Nfile, "ENFILE", "")]
    public void A_failure_says_what_is_wrong_and_what_to_do(int errno, string name, string remedy)
    {
        ScriptedSockets machine = new() { OnOpen = _ => -errno };
        string? failure = new SocketSet(machine).TryOpen(new SocketKey("", 80), 1, _ => 0, out _);
        Assert.StartsWith(name, failure, StringComparison.Ordinal);
        Assert.Contains(remedy, failure, StringComparison.Ordinal);
        Assert.EndsWith(".", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_opened_before_a_failure_is_closed_again()
    {
        ScriptedSockets machine = new();
        machine.OnOpen = _ => machine.Opened.Count < 3 ? 40 + machine.Opened.Count : -Errno.Mfile;
        Assert.NotNull(new SocketSet(machine).TryOpen(new SocketKey("", 80), 4, _ => 0, out _));
        Assert.Equal(3, machine.Opened.Count);
        Assert.Equal([41, 42], machine.Closed);
    }

    [Fact]
    public void A_socket_is_opened_where_the_listener_wants_it()
    {
        ScriptedSockets machine = new();
        SocketSet sockets = new(machine);
        Assert.Null(sockets.TryOpen(new SocketKey("", 80), 1, _ => 0, out _));
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.1", 81), 1, _ => 0, out _));
        Assert.Equal(
            [new IPEndPoint(IPAddress.IPv6Any, 80), IPEndPoint.Parse("192.0.2.1:81")], machine.Opened);
    }

    // A kernel without IPv6 serves every address of IPv4. An address that was given is not exchanged.
    [Fact]
    public void Without_IPv6_all_addresses_are_those_of_IPv4()
    {
        const int addressFamilyNotSupported = 97;
        ScriptedSockets machine = new()
        {
            OnProbe = endpoint =>
                endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? -addressFamilyNotSupported : 0,
        };
        SocketSet sockets = new(machine);
        Assert.Null(sockets.TryOpen(new SocketKey("", 80), 1, _ => 0, out _));
        Assert.Equal([new IPEndPoint(IPAddress.Any, 80)], machine.Opened);
        Assert.NotNull(sockets.TryOpen(new SocketKey("2001:db8::1", 80), 1, _ => 0, out _));
        Assert.Single(machine.Opened);
    }

    // Then nobody asks whether the port is free, and only opening tells that there is no IPv6.
    [Fact]
    public void Without_IPv6_it_is_so_beside_a_socket_of_ours_too()
    {
        const int addressFamilyNotSupported = 97;
        ScriptedSockets machine = new()
        {
            OnOpen = endpoint =>
                endpoint.AddressFamily == AddressFamily.InterNetworkV6 ? -addressFamilyNotSupported : 40,
        };
        SocketSet sockets = new(machine);
        sockets.MarkAdded(sockets.Reserve(new SocketKey("127.0.0.1", 80), _ => 0));
        Assert.Null(sockets.TryOpen(new SocketKey("", 80), 2, _ => 0, out int[] descriptors));
        Assert.Equal([40, 40], descriptors);
        Assert.Empty(machine.Probed);
        Assert.All(machine.Opened[^2..], opened => Assert.Equal(new IPEndPoint(IPAddress.Any, 80), opened));
        Assert.NotNull(sockets.TryOpen(new SocketKey("2001:db8::1", 80), 1, _ => 0, out _));
    }

    [Fact]
    public void Only_beside_a_socket_of_ours_on_the_port_nobody_asks_whether_it_is_free()
    {
        ScriptedSockets machine = new();
        SocketSet sockets = new(machine);
        int closed = 0;
        int id = sockets.Reserve(new SocketKey("192.0.2.1", 80), _ => closed);
        sockets.MarkAdded(id);
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.2", 80), 1, _ => closed, out _));
        Assert.Empty(machine.Probed);
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.2", 81), 1, _ => closed, out _));
        Assert.Equal(81, Assert.Single(machine.Probed).Port);

        sockets.Remove(new SocketKey("192.0.2.1", 80));
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.2", 80), 1, _ => closed, out _));
        Assert.Single(machine.Probed);
        closed = 1;
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.2", 80), 1, _ => closed, out _));
        Assert.Equal(2, machine.Probed.Count);
    }

    [Fact]
    public void The_port_of_a_socket_is_that_of_the_last_who_had_its_id()
    {
        ScriptedSockets machine = new();
        SocketSet sockets = new(machine);
        SocketKey key = new("192.0.2.1", 80);
        int id = sockets.Reserve(key, _ => 0);
        sockets.Remove(key);
        Assert.Equal(id, sockets.Reserve(new SocketKey("192.0.2.1", 81), _ => 0));
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.2", 81), 1, _ => 0, out _));
        Assert.Empty(machine.Probed);
        Assert.Null(sockets.TryOpen(new SocketKey("192.0.2.2", 80), 1, _ => 0, out _));
        Assert.Equal(80, Assert.Single(machine.Probed).Port);
    }
}
