using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Serval.CommandLine.Printing;

namespace Serval.Integration.Tests.CommandLine;

public sealed class StatusScreenTests
{
    [Theory]
    [InlineData("[]", "*:80")]
    [InlineData("[\"127.0.0.1\"]", "127.0.0.1:80")]
    [InlineData("[\"127.0.0.1\", \"::1\"]", "127.0.0.1:80,[::1]:80")]
    public void Each_address_of_a_listener_is_shown_with_its_port(string addresses, string expected)
    {
        JsonObject status = JsonNode.Parse($$"""
            {
              "role": "run", "isReady": true, "version": "1", "uptimeSeconds": 1,
              "listeners": [{ "name": "a/b/c", "port": 80, "protocol": "HTTP", "addresses": {{addresses}} }]
            }
            """)!.AsObject();
        StatusLook look = new(status, null, new MetricsText(), "", 0, "127.0.0.1:9901");
        Assert.Matches(
            $"a/b/c +{Regex.Escape(expected)} +HTTP", StatusScreen.Write(look, before: null));
    }
}
