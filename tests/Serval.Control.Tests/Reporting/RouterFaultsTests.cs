using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Publishing;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Reporting;

/// <summary>What the faults of routers say about listeners, and what they do not.</summary>
public sealed class RouterFaultsTests
{
    private static readonly Finding CannotListen =
        new(Severity.Error, "Listener shop/edge/a", "port", "AddressNotUsable", "cannot listen");

    [Fact]
    public void A_listener_that_is_bound_on_every_ready_router_is_programmed()
    {
        GatewayStatus status = Apply(
            [Router("one", 2), Router("two", 2, isReady: false) with { Findings = [CannotListen] }]);
        Assert.Equal([ConditionStatus.True], Programmed(status));
    }

    // One that listens on all addresses has the socket that another one wants for one of them.
    [Theory]
    [InlineData("192.0.2.1", "", ConditionStatus.False)]
    [InlineData("", "192.0.2.1", ConditionStatus.False)]
    [InlineData("192.0.2.1", "192.0.2.1", ConditionStatus.False)]
    [InlineData("192.0.2.1", "192.0.2.2", ConditionStatus.True)]
    public void Listeners_of_one_port_share_a_socket_where_their_addresses_meet(
        string unbound, string other, ConditionStatus expected)
    {
        GatewayStatus status = Apply(
            [Router("one", 2) with { Findings = [CannotListen] }], On("a", unbound), On("b", other));
        Assert.Equal([ConditionStatus.False, expected], Programmed(status));
    }

    [Fact]
    public void A_router_that_has_refused_something_older_is_only_behind()
    {
        GatewayStatus status = Apply([Router("one", 0) with { RefusedSequence = 1 }]);
        Condition condition = status.Conditions[0];
        Assert.Equal(
            (ConditionStatus.Unknown, "Pending", "Router one does not run it yet."),
            (condition.Status, condition.Reason, condition.Message));
    }

    private static GatewayStatus Apply(ImmutableArray<RouterState> routers, params Listener[] listeners)
    {
        if (listeners.Length == 0)
            listeners = [On("a", "")];
        Programming programming = new(new FleetState(routers), [.. listeners], []);
        GatewayStatus status = new()
        {
            Namespace = "shop",
            Name = "edge",
            Conditions = [Waiting()],
            Listeners =
            [
                .. listeners.Select(one =>
                    new ListenerStatus(one.Name["shop/edge/".Length..], ["HTTPRoute"], 0, [Waiting()])),
            ],
        };
        return (GatewayStatus)programming.Apply(status, sequence: 2, isLate: true)!;
    }

    private static IEnumerable<ConditionStatus> Programmed(GatewayStatus status) =>
        status.Listeners.Select(listener => listener.Conditions[0].Status);

    private static Condition Waiting() => new("Programmed", ConditionStatus.Unknown, "Pending", "", 1);

    private static Listener On(string name, string address) => new()
    {
        Name = $"shop/edge/{name}",
        Port = 80,
        Protocol = ListenerProtocol.Http,
        Addresses = address.Length == 0 ? [] : [address],
    };

    private static RouterState Router(string name, long sequence, bool isReady = true) => new()
    {
        Endpoint = new RouterEndpoint(name, new Uri("http://192.0.2.9"), null, isReady),
        Sequence = sequence,
    };
}
