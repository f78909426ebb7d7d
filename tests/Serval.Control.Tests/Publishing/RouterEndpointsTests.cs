using Serval.Control.Kubernetes.Resources;
using Serval.Control.Publishing;

namespace Serval.Control.Tests.Publishing;

/// <summary>Where clients are told to go.</summary>
public sealed class RouterEndpointsTests
{
    [Fact]
    public void Clients_are_not_led_to_a_router_that_is_not_ready()
    {
        RouterEndpoint ready = new("a", new Uri("http://10.0.0.1:9901"), "n1", IsReady: true);
        RouterEndpoint starting = new("b", new Uri("http://10.0.0.2:9901"), "n2", IsReady: false);
        Dictionary<string, NodeResource> nodes = new()
        {
            ["n1"] = NodeAt("192.0.2.1"),
            ["n2"] = NodeAt("192.0.2.2"),
        };
        Assert.Equal<string>(["192.0.2.1"], RouterEndpoints.Addresses([ready, starting], nodes));
        // Of a node that is not known yet there is the address of the router itself.
        Assert.Equal<string>(
            ["10.0.0.1"],
            RouterEndpoints.Addresses([ready, starting], new Dictionary<string, NodeResource>()));
    }

    private static NodeResource NodeAt(string address) => new()
    {
        Metadata = new ObjectMeta(),
        Status = new NodeStatus
        {
            Addresses = [new NodeAddress { Type = "InternalIP", Address = address }],
        },
    };
}
