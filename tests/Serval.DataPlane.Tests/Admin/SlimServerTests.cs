using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class SlimServerTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9901", "127.0.0.1:9901")]
    [InlineData("http://127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("https://[::1]:443", "[::1]:443")]
    [InlineData("http://[::]:8080", "[::]:8080")]
    public void The_port_that_a_server_has_is_told_also_where_it_is_that_of_the_scheme(
        string url, string endpoint)
    {
        Assert.Equal(endpoint, SlimServer.EndpointOf(new Uri(url)).ToString());
    }
}
