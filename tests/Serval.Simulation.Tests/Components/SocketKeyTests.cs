using Serval.DataPlane.Accepting;

namespace Serval.Simulation.Tests.Components;

public sealed class SocketKeyTests
{
    [Theory]
    [InlineData("", "*:80")]
    [InlineData("192.0.2.1", "192.0.2.1:80")]
    [InlineData("2001:db8::1", "[2001:db8::1]:80")]
    public void Its_text_is_what_a_client_would_be_told(string address, string text) =>
        Assert.Equal(text, new SocketKey(address, 80).ToString());
}
