using System.Net;
using System.Net.Sockets;
using Serval.DataPlane.Rings;

namespace Serval.Kernel.Tests;

public sealed class ProbeTests
{
    [Fact]
    public void A_port_that_somebody_listens_on_is_taken_and_a_free_one_is_not()
    {
        IPEndPoint endpoint;
        using (ListeningPort port = new())
        {
            endpoint = port.Endpoint;
            Assert.Equal(-Errno.Addrinuse, Listening.Probe(endpoint));
        }

        Assert.Equal(0, Listening.Probe(endpoint));
    }

    /// <summary>Who connects to a socket that listens for a moment is reset when it closes.</summary>
    [Fact]
    public void Looking_whether_a_port_is_free_never_listens()
    {
        IPEndPoint free = new(IPAddress.Loopback, 0);
        int listened = 0;
        int probed = -1;
        WithoutListening.Run(() =>
        {
            listened = Listening.Open(free);
            probed = Listening.Probe(free);
        });
        Assert.Equal(-WithoutListening.Refusal, listened);
        Assert.Equal(0, probed);
    }

    [Fact]
    public void A_port_that_is_only_bound_is_free_to_a_look_and_the_look_leaves_nothing_behind()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal(0, Listening.Probe((IPEndPoint)bound.LocalEndPoint!));
        bound.Listen();
    }
}
