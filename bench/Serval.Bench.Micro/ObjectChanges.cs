using System.Globalization;
using BenchmarkDotNet.Attributes;
using Serval.Control;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Bench.Micro;

/// <summary>
/// What a change of one object costs from the store to snapshot, delta, statuses and findings, among many
/// routes of three rules and ten endpoints for every five of them.
/// </summary>
[MemoryDiagnoser(false)]
public class ObjectChanges
{
    private const int RoutesPerService = 5;
    private const int EndpointsPerService = 10;
    private ControlPlane? _plane;
    private int _version;

    /// <summary>How many routes there are.</summary>
    [Params(5_000)]
    public int Routes { get; set; }

    /// <summary>Translates all objects once.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _plane = new ControlPlane(new TranslationOptions(), ResourceKind.All);
        _plane.Apply(All());
    }

    /// <summary>A start with all objects, as the oracle of the tests does it.</summary>
    [Benchmark]
    public string Start() =>
        new ControlPlane(new TranslationOptions(), ResourceKind.All).Apply(All())!.Snapshot.Version;

    /// <summary>One endpoint of one slice moves to another port.</summary>
    [Benchmark]
    public string Change_one_endpoint() => Apply(Slice(7, 9_000 + (++_version % 100)));

    /// <summary>One path of one route changes.</summary>
    [Benchmark]
    public string Change_one_route() => Apply(Route(7, $"/v{++_version}"));

    /// <summary>A route comes and goes.</summary>
    [Benchmark]
    public string Add_and_remove_a_route()
    {
        HttpRouteResource route = Route(Routes + 1, $"/v{++_version}");
        Apply(route);
        return _plane!.Apply(new ChangeBatch { Deletes = [route.Key] })!.Snapshot.Version;
    }

    private string Apply(Resource resource) =>
        _plane!.Apply(new ChangeBatch { Upserts = [resource] })!.Snapshot.Version;

    private ChangeBatch All()
    {
        int services = Routes / RoutesPerService;
        return new ChangeBatch
        {
            Upserts =
            [
                new GatewayClassResource
                {
                    Metadata = Meta("", "serval"),
                    Spec = new GatewayClassSpec { ControllerName = "serval.dev/gateway-controller" },
                },
                new GatewayResource
                {
                    Metadata = Meta("shop", "edge"),
                    Spec = new GatewaySpec
                    {
                        GatewayClassName = "serval",
                        Listeners = [new GatewayListener { Name = "web", Port = 80, Protocol = "HTTP" }],
                    },
                },
                .. Enumerable.Range(0, services).Select(Service),
                .. Enumerable.Range(0, services).Select(i => Slice(i, 8_080)),
                .. Enumerable.Range(0, Routes).Select(i => Route(i, "/v0")),
            ],
            Synced = [.. ResourceKind.All],
        };
    }

    private static ServiceResource Service(int index) => new()
    {
        Metadata = Meta("shop", $"s{index}"),
        Spec = new ServiceSpec { Ports = [new ServicePort { Port = 80 }] },
    };

    private static EndpointSliceResource Slice(int service, int port) => new()
    {
        Metadata = Meta("shop", $"s{service}-1") with
        {
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [Labels.ServiceName] = $"s{service}",
            },
        },
        AddressType = "IPv4",
        Ports = [new SlicePort { Port = port }],
        Endpoints =
        [
            .. Enumerable.Range(1, EndpointsPerService).Select(i => new SliceEndpoint
            {
                Addresses =
                    [string.Create(CultureInfo.InvariantCulture, $"10.{service / 250}.{service % 250}.{i}")],
            }),
        ],
    };

    private static HttpRouteResource Route(int index, string path) => new()
    {
        Metadata = Meta("shop", $"r{index}"),
        Spec = new HttpRouteSpec
        {
            ParentRefs = [new ParentReference { Name = "edge" }],
            Hostnames = [$"h{index}.shop.example"],
            Rules =
            [
                Rule(index, path),
                Rule(index, "/images") with { Name = "images" },
                Rule(index, "/"),
            ],
        },
    };

    private static RouteRule Rule(int route, string path) => new()
    {
        Matches = [new RouteMatch { Path = new RoutePathMatch { Value = path } }],
        BackendRefs = [new BackendReference { Name = $"s{route % 1000}", Port = 80 }],
    };

    private static ObjectMeta Meta(string @namespace, string name) =>
        new() { Namespace = @namespace, Name = name, Generation = 1 };
}
