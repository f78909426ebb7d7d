using System.Collections.Immutable;
using System.Net;
using Serval.DataPlane.Accepting;
using SocketAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Tests.Accepting;

public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("192.0.2.0/24", "192.0.2.255", true)]
    [InlineData("192.0.2.0/24", "192.0.3.0", false)]
    [InlineData("192.0.2.0/24", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.1", true)]
    [InlineData("192.0.2.1/32", "192.0.2.2", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("::/0", "192.0.2.1", true)]
    [InlineData("::1/128", "::1", true)]
    [InlineData("::1/128", "0.0.0.1", false)]
    public void An_address_is_trusted_if_a_network_holds_it(string network, string address, bool isTrusted)
    {
        SocketAddress peer = SocketAddress.From(new IPEndPoint(IPAddress.Parse(address), 5));
        Assert.Equal(isTrusted, new TrustedProxies([IPNetwork.Parse(network)]).Contains(in peer));
        ImmutableArray<IPNetwork> several = [IPNetwork.Parse("198.51.100.7/32"), IPNetwork.Parse(network)];
        Assert.Equal(isTrusted, new TrustedProxies(several).Contains(in peer));
        Assert.False(TrustedProxies.None.Contains(in peer));
    }
}
