using Serval.Config.Model;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Tests.Resolving;

/// <summary>Which endpoints take requests, and in which order.</summary>
public sealed class EndpointUseTests
{
    // Where an endpoint does not say whether it serves, being ready says it (EndpointConditions).
    [Theory]
    [InlineData(null, null, 1)]
    [InlineData(null, true, 1)]
    [InlineData(null, false, 0)]
    [InlineData(true, false, 1)]
    [InlineData(false, true, 0)]
    public void An_endpoint_that_is_going_away_is_the_last_resort_while_it_serves(
        bool? isServing, bool? isReady, int expected)
    {
        SliceConditions conditions = new() { Serving = isServing, Ready = isReady, Terminating = true };
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")),
            SmallObjects.Service("web", 80), SmallObjects.Route("web", 0, "edge", "web"),
            Slice(
                Labels.ServiceName,
                new SliceEndpoint { Addresses = ["10.0.0.1"], Conditions = conditions }));
        Assert.Equal(expected, Assert.Single(translation.Snapshot.EndpointSets).Endpoints.Length);
    }

    [Theory]
    [InlineData(null, EndpointAffinity.Local)]
    [InlineData("remote", EndpointAffinity.Remote)]
    public void The_affinity_of_an_import_is_its_own_where_the_derived_Service_has_none(
        string? ofDerived, EndpointAffinity expected)
    {
        ServiceImportResource import = new()
        {
            Metadata = SmallObjects.Meta("web", 0) with
            {
                Annotations = new Dictionary<string, string>
                {
                    [Annotations.DerivedService[0]] = "derived",
                    [Annotations.Affinity[0]] = "local",
                },
            },
            Spec = new ServiceImportSpec { Ports = [new ServicePort { Name = "http", Port = 80 }] },
        };
        ServiceResource derived = SmallObjects.Service("derived", 80);
        if (ofDerived is not null)
        {
            derived = derived with
            {
                Metadata = derived.Metadata with
                {
                    Annotations = new Dictionary<string, string> { [Annotations.Affinity[0]] = ofDerived },
                },
            };
        }
        HttpRouteResource route = SmallObjects.Route("web", 0, "edge");
        BackendReference backend =
            new() { Group = Groups.MultiCluster, Kind = Kinds.ServiceImport, Name = "web", Port = 80 };
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")), import, derived,
            route with { Spec = route.Spec with { Rules = [new RouteRule { BackendRefs = [backend] }] } },
            Slice(Labels.ImportName, new SliceEndpoint { Addresses = ["10.0.0.1"] }));
        Assert.Equal(expected, Assert.Single(translation.Snapshot.EndpointSets).Affinity);
    }

    private static EndpointSliceResource Slice(string label, SliceEndpoint endpoint) => new()
    {
        Metadata = SmallObjects.Meta("web", 0) with
        {
            Labels = new Dictionary<string, string> { [label] = "web" },
        },
        AddressType = "IPv4",
        Ports = [new SlicePort { Name = "http", Port = 8080 }],
        Endpoints = [endpoint],
    };
}
