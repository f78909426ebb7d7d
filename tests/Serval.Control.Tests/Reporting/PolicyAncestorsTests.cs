using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Reporting;

/// <summary>Policies that concern more Gateways than a status may name.</summary>
public sealed class PolicyAncestorsTests
{
    private const string Controller = "serval.dev/gateway-controller";

    [Fact]
    public void Gateways_beyond_the_bound_are_left_out_and_come_in_when_others_go()
    {
        ControlPlane plane = new(new TranslationOptions(), ResourceKind.All);
        string[] names = [.. Enumerable.Range(0, ReportingLimits.AncestorsMax + 1).Select(NameOf)];
        Resource[] gateways =
        [
            .. names.Select((name, i) =>
                SmallObjects.Gateway(name, 0, SmallObjects.Listener("http", 8_000 + i))),
        ];
        StatusReport status = plane.Apply(new ChangeBatch
        {
            Upserts =
            [
                SmallObjects.Class(), .. gateways,
                SmallObjects.Service("many", 80), SmallObjects.Service("one", 80),
                .. names.Select(name => SmallObjects.Route($"to-{name}", 0, name, "many")),
                SmallObjects.Route("one", 0, names[^1], "one"),
                Policy("many"), Policy("one"),
            ],
            Synced = [.. ResourceKind.All],
        })!.Status;
        Assert.Equal(names[..^1], AncestorsOf(status, "many"));
        // A policy for few of them has nothing to do with it.
        Assert.Equal([names[^1]], AncestorsOf(status, "one"));

        status = plane.Apply(new ChangeBatch { Deletes = [gateways[0].Key] })!.Status;
        Assert.Equal(names[1..], AncestorsOf(status, "many"));
    }

    [Fact]
    public void A_Gateway_that_takes_no_route_to_the_target_is_no_ancestor()
    {
        HttpRouteResource route = SmallObjects.Route("web", 0, "edge", "one");
        StatusReport status = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")),
            SmallObjects.Gateway("other", 1, SmallObjects.Listener("http", 81)),
            SmallObjects.Service("one", 80), Policy("one"),
            route with
            {
                Spec = route.Spec with
                {
                    ParentRefs =
                    [
                        .. route.Spec.ParentRefs,
                        new ParentReference { Name = "other", SectionName = "missing" },
                    ],
                },
            }).Status;
        Assert.Equal(["edge"], AncestorsOf(status, "one"));
    }

    // The bound is that of the list, and an API server refuses a status with more.
    [Theory]
    [InlineData(0, 16)]
    [InlineData(15, 1)]
    [InlineData(16, 0)]
    public void Entries_of_other_controllers_stay_and_ours_fill_what_is_left(int others, int ours)
    {
        BackendTlsPolicyStatus wanted = new()
        {
            Namespace = "shop",
            Name = "policy",
            Ancestors = [.. Enumerable.Range(0, 16).Select(number => EntryOf(NameOf(number), Controller))],
        };
        JsonArray stored = [.. StatusJson.ToObject(wanted with
        {
            Ancestors = [.. Enumerable.Range(0, others).Select(number => EntryOf(NameOf(number), "other"))],
        })["status"]!["ancestors"]!.AsArray().Select(entry => entry!.DeepClone())];
        JsonObject? merged = Merge(wanted, stored);
        JsonArray entries = merged?["ancestors"]!.AsArray() ?? stored;
        Assert.Equal(others, entries.Count(entry => ControllerOf(entry) == "other"));
        Assert.Equal(
            Enumerable.Range(0, ours).Select(NameOf),
            entries.Where(entry => ControllerOf(entry) == Controller)
                .Select(entry => (string)entry!["ancestorRef"]!["name"]!));
        // What is written once says the same ever after.
        Assert.Null(Merge(wanted, entries));
    }

    private static JsonObject? Merge(BackendTlsPolicyStatus wanted, JsonArray stored) => StatusMerge.Merge(
        wanted,
        new ObservedStatus(
            "uid", "1", 0,
            Encoding.UTF8.GetBytes(new JsonObject { ["ancestors"] = stored.DeepClone() }.ToJsonString())),
        Controller, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static string ControllerOf(JsonNode? entry) => (string)entry!["controllerName"]!;

    private static RouteParentStatus EntryOf(string gateway, string controller) => new(
        new ParentRef(Groups.Gateway, Kinds.Gateway, "shop", gateway, SectionName: null, Port: null),
        controller, [new Condition("Accepted", ConditionStatus.True, "Accepted", "", 1)]);

    private static string[] AncestorsOf(StatusReport status, string policy) =>
    [
        .. status.Objects.Values.OfType<BackendTlsPolicyStatus>().Single(one => one.Name == policy)
            .Ancestors.Select(ancestor => ancestor.ParentRef.Name),
    ];

    private static string NameOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"g{number:00}");

    private static BackendTlsPolicyResource Policy(string service) => new()
    {
        Metadata = SmallObjects.Meta(service, 0),
        Spec = new BackendTlsPolicySpec
        {
            TargetRefs = [new PolicyTarget { Group = "", Kind = Kinds.Service, Name = service }],
            Validation = new BackendTlsValidation
            {
                Hostname = "web.example.com",
                WellKnownCACertificates = "System",
            },
        },
    };
}
