using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// The configuration of a run: one route, whose filters tell which version an exchange has seen.
/// </summary>
internal static class SampleSnapshot
{
    public const int UpstreamPort = 8_080;

    public static Snapshot Of(long version, int[] ports, string[] endpoints, bool hasEdits)
    {
        string text = version.ToString(CultureInfo.InvariantCulture);
        ImmutableArray<Filter> filters = [];
        if (hasEdits)
        {
            filters =
            [
                new RequestHeaderFilter(new HeaderEdits { Set = [new HeaderValue("X-Req-Version", text)] }),
                new ResponseHeaderFilter(new HeaderEdits { Set = [new HeaderValue("X-Resp-Version", text)] }),
            ];
        }

        ImmutableArray<Listener> listeners = [.. Array.ConvertAll(ports, port => new Listener
        {
            Name = "l" + port.ToString(CultureInfo.InvariantCulture),
            Port = port,
            Protocol = ListenerProtocol.Http,
        })];
        return new Snapshot
        {
            Version = text,
            Listeners = listeners,
            Clusters = [new Cluster { Name = "c" }],
            EndpointSets = [new EndpointSet("c", [.. Array.ConvertAll(endpoints, address =>
                new Endpoint(address, UpstreamPort))])],
            Routes =
            [
                new HttpRoute
                {
                    Name = "r",
                    Attachments = [.. Array.ConvertAll([.. listeners], listener =>
                        new Attachment { Listener = listener.Name })],
                    Rules =
                    [
                        new HttpRule
                        {
                            Matches = [new Match { Path = new PathMatch(PathMatchKind.Prefix, "/x") }],
                            Filters = filters,
                            Backends = [new WeightedCluster { Cluster = "c" }],
                        },
                    ],
                },
            ],
        };
    }
}
