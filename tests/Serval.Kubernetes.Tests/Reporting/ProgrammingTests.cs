using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Publishing;
using Serval.Control.Reporting;

namespace Serval.Kubernetes.Tests.Reporting;

public sealed class ProgrammingTests
{
    private static readonly ImmutableArray<Listener> Listeners =
    [
        Listener("default/edge/a", 80), Listener("default/edge/b", 80), Listener("default/edge/c", 81),
    ];

    [Fact]
    public void Every_ready_router_must_have_acknowledged()
    {
        Assert.Null(Apply([Router("one", 2), Router("two", 1)], isLate: false));
        Condition late = Programmed(Apply([Router("one", 2), Router("two", 1)], isLate: true)!);
        Assert.Equal((ConditionStatus.Unknown, "Pending"), (late.Status, late.Reason));
        Assert.Contains("two", late.Message, StringComparison.Ordinal);
        GatewayStatus all = Apply([Router("one", 2), Router("two", 3), Router("three", 0, isReady: false)])!;
        Assert.Equal(ConditionStatus.True, Programmed(all).Status);
        Assert.Equal<string>(["192.0.2.1"], all.Addresses);
    }

    [Fact]
    public void Without_a_ready_router_there_are_no_resources_and_no_addresses()
    {
        GatewayStatus status = Apply([Router("one", 2, isReady: false)], isLate: true)!;
        Assert.Equal((ConditionStatus.False, "NoResources"),
            (Programmed(status).Status, Programmed(status).Reason));
        Assert.Empty(status.Addresses);
    }

    [Fact]
    public void A_refusal_names_the_router_and_its_reason()
    {
        RouterState refusing = Router("one", 1) with
        {
            RefusedSequence = 2,
            Findings = [new Finding(Severity.Error, "Snapshot x", "", "TooMany", "too many clusters")],
        };
        Condition condition = Programmed(Apply([refusing])!);
        Assert.Equal((ConditionStatus.False, "Invalid"), (condition.Status, condition.Reason));
        Assert.Contains("one refused", condition.Message, StringComparison.Ordinal);
        Assert.Contains("too many clusters", condition.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Listeners_that_share_an_unbound_socket_are_not_programmed_and_the_others_are()
    {
        RouterState router = Router("one", 2) with
        {
            Findings = [new Finding(
                Severity.Error, "Listener default/edge/a", "port", "AddressNotUsable",
                    "cannot listen on :80")],
        };
        GatewayStatus status = Apply([router])!;
        Assert.Equal([ConditionStatus.False, ConditionStatus.False, ConditionStatus.True],
            status.Listeners.Select(listener => listener.Conditions[0].Status));
        Assert.Equal(ConditionStatus.True, Programmed(status).Status);
    }

    // A ListenerSet and a Gateway may have the same name, and listeners of the same name.
    [Theory]
    [InlineData("infra/edge/default/edge/a", false, true)]
    [InlineData("default/edge/a", true, false)]
    public void An_unbound_listener_of_a_ListenerSet_is_that_of_no_Gateway(
        string unbound, bool isSetProgrammed, bool isGatewayProgrammed)
    {
        RouterState router = Router("one", 2) with
        {
            Findings = [new Finding(
                Severity.Error, $"Listener {unbound}", "port", "AddressNotUsable", "cannot listen on it")],
        };
        Programming programming = new(
            new FleetState([router]),
            [Listener("default/edge/a", 80), Listener("infra/edge/default/edge/a", 81)], ["192.0.2.1"]);
        ListenerStatus listener = new("a", ["HTTPRoute"], 0, [Waiting()]);
        ListenerSetStatus set = new()
        {
            Namespace = "default",
            Name = "edge",
            ListenerPrefix = "infra/edge/default/edge",
            Conditions = [Waiting()],
            Listeners = [listener],
        };
        GatewayStatus gateway = new()
        {
            Namespace = "default",
            Name = "edge",
            Conditions = [Waiting()],
            Listeners = [listener],
        };
        set = (ListenerSetStatus)programming.Apply(set, 2, isLate: false)!;
        gateway = (GatewayStatus)programming.Apply(gateway, 2, isLate: false)!;
        MustSay(isSetProgrammed, set.Conditions[0], set.Listeners[0]);
        MustSay(isGatewayProgrammed, gateway.Conditions[0], gateway.Listeners[0]);

        static void MustSay(bool isProgrammed, Condition whole, ListenerStatus one)
        {
            ConditionStatus expected = isProgrammed ? ConditionStatus.True : ConditionStatus.False;
            Assert.Equal((expected, expected), (whole.Status, one.Conditions[0].Status));
        }
    }

    [Fact]
    public void Routers_are_one_for_each_node_and_clients_reach_them_at_their_external_addresses()
    {
        GatewayOptions options =
            new() { Identity = "x", DataPlaneUrls = [new Uri("https://192.0.2.9:9901")] };
        ImmutableArray<RouterEndpoint> routers = RouterEndpoints.Of(
            [Slice("v6", "IPv6", "2001:db8::1", true), Slice("v4", "IPv4", "10.0.0.1", true)], options);
        Assert.Equal(["192.0.2.9:9901", "node-1"], routers.Select(router => router.Name));
        Assert.Equal(new Uri("http://10.0.0.1:9901"), routers[1].Address);
        NodeResource node = new()
        {
            Metadata = new ObjectMeta { Name = "node-1" },
            Status = new NodeStatus
            {
                Addresses =
                [
                    new NodeAddress { Type = "InternalIP", Address = "10.0.0.1" },
                    new NodeAddress { Type = "ExternalIP", Address = "198.51.100.1" },
                ],
            },
        };
        Assert.Equal<string>(["192.0.2.9", "198.51.100.1"], RouterEndpoints.Addresses(
            routers, new Dictionary<string, NodeResource> { ["node-1"] = node }));
    }

    private static GatewayStatus? Apply(ImmutableArray<RouterState> routers, bool isLate = false) =>
        (GatewayStatus?)new Programming(new FleetState(routers), Listeners, ["192.0.2.1"]).Apply(
            new GatewayStatus
            {
                Namespace = "default",
                Name = "edge",
                Conditions = [Waiting()],
                Listeners =
                [
                    .. "abc".Select(name => new ListenerStatus($"{name}", ["HTTPRoute"], 0, [Waiting()])),
                ],
            }, sequence: 2, isLate);

    private static Condition Waiting() =>
        new("Programmed", ConditionStatus.Unknown, "Pending", "No router has acknowledged it yet.", 1);

    private static Condition Programmed(GatewayStatus status) => status.Conditions[0];

    private static Listener Listener(string name, int port) =>
        new() { Name = name, Port = port, Protocol = ListenerProtocol.Http };

    private static RouterState Router(string name, long sequence, bool isReady = true) => new()
    {
        Endpoint = new RouterEndpoint(name, new Uri("http://192.0.2.1"), null, isReady),
        Sequence = sequence,
    };

    private static EndpointSliceResource Slice(string name, string type, string address, bool isReady) =>
        new()
        {
            Metadata = new ObjectMeta { Name = name, Namespace = "serval-system" },
            AddressType = type,
            Ports =
            [
                new SlicePort { Name = "metrics", Port = 1 },
                new SlicePort { Name = "admin", Port = 9901 },
            ],
            Endpoints =
        [
            new SliceEndpoint
            {
                Addresses = [address],
                NodeName = "node-1",
                Conditions = new SliceConditions { Ready = isReady },
            },
        ],
        };
}
