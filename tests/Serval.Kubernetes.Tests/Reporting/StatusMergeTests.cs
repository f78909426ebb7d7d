using System.Text;
using System.Text.Json.Nodes;
using Serval.Control.Reporting;

namespace Serval.Kubernetes.Tests.Reporting;

public sealed class StatusMergeTests
{
    private const string Ours = "serval.dev/gateway-controller";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_written_twice()
    {
        RouteStatus wanted = Route(true, generation: 1);
        JsonObject first = Merge(wanted, "")!;
        Assert.Equal("2026-01-02T03:04:05Z", Time(first));
        Assert.Null(Merge(wanted, first.ToJsonString()));
    }

    [Fact]
    public void The_time_of_a_condition_changes_only_with_its_status()
    {
        JsonObject first = Merge(Route(true, generation: 1), "")!;
        string stored = first.ToJsonString().Replace("2026", "2020", StringComparison.Ordinal);
        JsonObject second = Merge(Route(true, generation: 2), stored, generation: 2)!;
        Assert.Equal("2020-01-02T03:04:05Z", Time(second));
        JsonObject third = Merge(Route(false, generation: 2), stored, generation: 2)!;
        Assert.Equal("2026-01-02T03:04:05Z", Time(third));
    }

    [Fact]
    public void Parents_of_other_controllers_stay_and_ours_go_with_the_route()
    {
        const string Foreign = """
            {"parents":[
              {"parentRef":{"name":"x"},"controllerName":"a.example/b","conditions":[{"type":"Odd"}]}]}
            """;
        JsonObject both = Merge(Route(true, generation: 1), Foreign)!;
        Assert.Equal(2, both["parents"]!.AsArray().Count);
        JsonObject left = Merge(null, both.ToJsonString())!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Foreign), left));
        Assert.Null(Merge(null, left.ToJsonString()));
    }

    [Fact]
    public void A_newer_object_is_left_to_what_follows_from_it()
    {
        Assert.Null(Merge(Route(true, generation: 1), "", generation: 2));
    }

    [Fact]
    public void Conditions_of_others_on_a_Gateway_cost_no_writes_and_old_addresses_go()
    {
        GatewayStatus wanted = new()
        {
            Namespace = "a",
            Name = "b",
            Addresses = ["192.0.2.1"],
            Conditions = [Accepted(true, 1)],
        };
        JsonObject first = Merge(wanted, "")!;
        JsonObject stored = (JsonObject)first.DeepClone();
        stored["conditions"]!.AsArray().Insert(0, JsonNode.Parse(
            """{"type":"Theirs","status":"True","reason":"R","message":"","observedGeneration":1}"""));
        Assert.Null(Merge(wanted, stored.ToJsonString()));
        Assert.NotNull(Merge(wanted with { Addresses = [] }, stored.ToJsonString()));
        Assert.NotNull(Merge(wanted with { Conditions = [Accepted(false, 1)] }, stored.ToJsonString()));
    }

    private static JsonObject? Merge(ObjectStatus? wanted, string stored, long generation = 1) =>
        StatusMerge.Merge(
        wanted, new ObservedStatus("uid", "1", generation, Encoding.UTF8.GetBytes(stored)), Ours, Now);

    private static RouteStatus Route(bool isAccepted, long generation) => new("HTTPRoute")
    {
        Namespace = "a",
        Name = "b",
        Parents =
        [
            new RouteParentStatus(
                new ParentRef("gateway.networking.k8s.io", "Gateway", null, "edge", null, null), Ours,
                [Accepted(isAccepted, generation)]),
        ],
    };

    private static Condition Accepted(bool isTrue, long generation) => new(
        "Accepted", isTrue ? ConditionStatus.True : ConditionStatus.False, "Accepted", "", generation);

    private static string Time(JsonObject status) =>
        status["parents"]![0]!["conditions"]![0]!["lastTransitionTime"]!.GetValue<string>();
}
