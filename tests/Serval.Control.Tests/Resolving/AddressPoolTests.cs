using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;
using Serval.Control.Store;

namespace Serval.Control.Tests.Resolving;

/// <summary>Gateways that ask for no address, where there is a pool.</summary>
public sealed class AddressPoolTests
{
    [Theory]
    [InlineData("192.0.2.0/33")]
    [InlineData("here")]
    public void What_is_not_a_network_is_refused_by_name(string network)
    {
        Assert.False(AddressPool.TryParse(["198.51.100.0/24", network], out _, out string problem));
        Assert.Contains(network, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_Gateway_has_an_address_of_its_own_until_none_is_left()
    {
        Translation translation = Translate(
            Pool("192.0.2.0/30"), Enumerable.Range(0, 5).Select(i => Gateway(i)));
        Assert.Equal(
            ["192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3"],
            AddressesOf(translation));
        GatewayStatus last = translation.Status.Gateways.Single(gateway => gateway.Addresses.IsEmpty);
        Assert.Equal("g4", last.Name);
        Condition programmed = last.Conditions.Single(condition => condition.Type == "Programmed");
        Assert.Equal((ConditionStatus.False, "AddressNotAssigned"), (programmed.Status, programmed.Reason));
        // It must not listen on all addresses instead.
        Assert.Equal(4, translation.Snapshot.Listeners.Length);
        Assert.All(translation.Snapshot.Listeners, listener => Assert.Single(listener.Addresses));
    }

    [Fact]
    public void The_next_network_is_used_when_the_first_is_taken()
    {
        Translation translation = Translate(
            Pool("192.0.2.0/32", "2001:db8::/127"), Enumerable.Range(0, 3).Select(i => Gateway(i)));
        Assert.Equal(
            ["192.0.2.0", "2001:db8::", "2001:db8::1"],
            AddressesOf(translation));
    }

    [Fact]
    public void A_Gateway_keeps_the_address_that_its_status_shows()
    {
        AddressPool pool = Pool("192.0.2.0/24");
        Translation translation = Translate(pool, [Gateway(1, kept: "192.0.2.77"), Gateway(0)]);
        Assert.Equal("192.0.2.77", AddressOf(translation, "g1"));
        // Of two that show one address, the older one keeps it; one of elsewhere is not kept.
        translation = Translate(
            pool,
            [
                Gateway(1, kept: "192.0.2.77"),
                Gateway(0, kept: "192.0.2.77"),
                Gateway(2, kept: "198.51.100.1"),
            ]);
        Assert.Equal("192.0.2.77", AddressOf(translation, "g0"));
        Assert.NotEqual("192.0.2.77", AddressOf(translation, "g1"));
        Assert.StartsWith("192.0.2.", AddressOf(translation, "g2"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_that_a_Gateway_asks_for_is_nobody_elses()
    {
        GatewayResource asking = Gateway(9) with
        {
            Spec = Gateway(9).Spec with { Addresses = [new GatewayAddress { Value = "192.0.2.0" }] },
        };
        Translation translation = Translate(Pool("192.0.2.0/31"), [Gateway(0), asking]);
        Assert.Equal("192.0.2.0", AddressOf(translation, "g9"));
        Assert.Equal("192.0.2.1", AddressOf(translation, "g0"));
    }

    private static AddressPool Pool(params string[] networks)
    {
        Assert.True(AddressPool.TryParse(networks, out AddressPool? pool, out string problem), problem);
        return pool;
    }

    private static IEnumerable<string> AddressesOf(Translation translation) =>
        translation.Status.Gateways.SelectMany(gateway => gateway.Addresses).Order(StringComparer.Ordinal);

    private static string AddressOf(Translation translation, string gateway) =>
        Assert.Single(translation.Status.Gateways.Single(status => status.Name == gateway).Addresses);

    private static Translation Translate(AddressPool pool, IEnumerable<GatewayResource> gateways)
    {
        ControlPlane plane = new(new TranslationOptions { Pool = pool }, ResourceKind.All);
        GatewayClassResource gatewayClass = new()
        {
            Metadata = new ObjectMeta { Name = "serval" },
            Spec = new GatewayClassSpec { ControllerName = "serval.dev/gateway-controller" },
        };
        return plane.Apply(new ChangeBatch
        {
            Upserts = [gatewayClass, .. gateways],
            Synced = [.. ResourceKind.All],
        })!;
    }

    // The name tells the age.
    private static GatewayResource Gateway(int age, string? kept = null) => new()
    {
        Metadata = new ObjectMeta
        {
            Namespace = "infra",
            Name = $"g{age}",
            CreationTimestamp = $"2026-01-01T00:00:0{age}Z",
        },
        Spec = new GatewaySpec
        {
            GatewayClassName = "serval",
            Listeners = [new GatewayListener { Name = "http", Port = 80, Protocol = "HTTP" }],
        },
        Status = new GatewayResourceStatus
        {
            Addresses = kept is null ? [] : [new GatewayAddress { Value = kept }],
        },
    };
}
