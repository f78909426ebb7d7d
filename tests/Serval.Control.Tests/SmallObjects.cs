using System.Globalization;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Store;

namespace Serval.Control.Tests;

/// <summary>Objects as an API server gives them, for tests that feed a control plane themselves.</summary>
internal static class SmallObjects
{
    public const string Namespace = "shop";

    /// <summary>What a new control plane makes of a class of ours and these objects.</summary>
    public static Translation Translate(params Resource[] objects) =>
        new ControlPlane(new TranslationOptions(), ResourceKind.All).Apply(First(objects))!;

    /// <summary>A class of ours, these objects, and word that there is nothing else.</summary>
    public static ChangeBatch First(params Resource[] objects) => new()
    {
        Upserts = [Class(), .. objects],
        Synced = [.. ResourceKind.All],
    };

    public static GatewayClassResource Class() => new()
    {
        Metadata = new ObjectMeta { Name = "serval" },
        Spec = new GatewayClassSpec { ControllerName = "serval.dev/gateway-controller" },
    };

    /// <summary>A Gateway that ListenerSets of its namespace may add to.</summary>
    public static GatewayResource Gateway(string name, int age, params GatewayListener[] listeners) => new()
    {
        Metadata = Meta(name, age),
        Spec = new GatewaySpec
        {
            GatewayClassName = "serval",
            AllowedListeners = new AllowedListeners { Namespaces = new ListenerNamespaces { From = "Same" } },
            Listeners = listeners,
        },
    };

    public static GatewayListener Listener(string name, int port = 80, string? hostname = null) =>
        new() { Name = name, Port = port, Hostname = hostname, Protocol = "HTTP" };

    public static ServiceResource Service(string name, int port) => new()
    {
        Metadata = Meta(name, 0),
        Spec = new ServiceSpec { Ports = [new ServicePort { Name = "http", Port = port }] },
    };

    /// <summary>A route with one rule that shares its requests among Services.</summary>
    public static HttpRouteResource Route(string name, int age, string gateway, params string[] services) =>
        new()
        {
            Metadata = Meta(name, age),
            Spec = new HttpRouteSpec
            {
                ParentRefs = [new ParentReference { Name = gateway }],
                Rules =
                [
                    new RouteRule
                    {
                        BackendRefs =
                            [.. services.Select(one => new BackendReference { Name = one, Port = 80 })],
                    },
                ],
            },
        };

    /// <summary>Names and an age in seconds: larger is younger.</summary>
    public static ObjectMeta Meta(string name, int age) => new()
    {
        Namespace = Namespace,
        Name = name,
        CreationTimestamp = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(age)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    };
}
