using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// The configuration of a run. Every listener has a route of its own with several rules, so that whoever
/// comes to the wrong one is found out: rules tell the upstream which listener, and which version, an
/// exchange has seen.
/// </summary>
internal static class SampleSnapshot
{
    public const int UpstreamPort = 8_080;

    /// <summary>Where the other cluster's endpoints listen, at the same addresses.</summary>
    public const int OtherPort = 8_081;

    /// <summary>
    /// Paths by rule: the plain one; one whose weights are 0 and 1; one with timeouts; one whose edits make
    /// long heads too long.
    /// </summary>
    public const string Plain = "/x/";
    public const string Weighted = "/y/";
    public const string Timed = "/t/";
    public const string Long = "/u/";

    public const int TimedRequestMs = 900;
    public const int TimedBackendMs = 400;

    /// <summary>
    /// Padding from which on a response head may not fit beside the edits of <see cref="Long"/>.
    /// </summary>
    public const int LongPaddingBytes = 4_000;

    private const int LongEdits = 7;

    /// <summary>The snapshot of a version.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="ports">Of its listeners.</param>
    /// <param name="endpoints">Addresses of both clusters' endpoints.</param>
    /// <param name="hasEdits">Whether exchanges tell the version that they have seen.</param>
    /// <param name="marksListener">Whether they tell their listener.</param>
    public static Snapshot Of(
        long version, int[] ports, string[] endpoints, bool hasEdits, bool marksListener)
    {
        string text = version.ToString(CultureInfo.InvariantCulture);
        ImmutableArray<Listener> listeners = [.. Array.ConvertAll(ports, port => new Listener
        {
            Name = NameOf(port),
            Port = port,
            Protocol = ListenerProtocol.Http,
        })];
        return new Snapshot
        {
            Version = text,
            Listeners = listeners,
            Clusters = [new Cluster { Name = "c" }, new Cluster { Name = "other" }],
            EndpointSets = [SetOf("c", endpoints, UpstreamPort), SetOf("other", endpoints, OtherPort)],
            Routes = [.. Array.ConvertAll(
                ports, port => RouteOf(port, hasEdits ? text : null, marksListener))],
        };
    }

    private static HttpRoute RouteOf(int port, string? version, bool marksListener)
    {
        ImmutableArray<HeaderValue> toUpstream = [];
        if (marksListener)
            toUpstream = [new HeaderValue("X-Listener", port.ToString(CultureInfo.InvariantCulture))];
        if (version is not null) toUpstream = toUpstream.Add(new HeaderValue("X-Req-Version", version));
        ImmutableArray<Filter> filters = toUpstream.IsEmpty
            ? [] : [new RequestHeaderFilter(new HeaderEdits { Set = toUpstream })];
        if (version is not null)
        {
            filters = filters.Add(new ResponseHeaderFilter(
                new HeaderEdits { Set = [new HeaderValue("X-Resp-Version", version)] }));
        }

        ResponseHeaderFilter longOnes = new(new HeaderEdits
        {
            Set = [.. Enumerable.Range(0, LongEdits).Select(i => new HeaderValue(
                string.Create(CultureInfo.InvariantCulture, $"X-Long-{i}"), new string('l', 4_000)))],
            Add = version is null ? [] : [new HeaderValue("X-Resp-Version", version)],
        });
        return new HttpRoute
        {
            Name = "r" + port.ToString(CultureInfo.InvariantCulture),
            Attachments = [new Attachment { Listener = NameOf(port) }],
            Rules =
            [
                RuleOf(Plain, filters),
                RuleOf(Weighted, filters) with
                {
                    Backends =
                    [
                        new WeightedCluster { Cluster = "c", Weight = 0 },
                        new WeightedCluster { Cluster = "other", Weight = 1 },
                    ],
                },
                RuleOf(Timed, filters) with
                {
                    RequestTimeoutMs = TimedRequestMs,
                    BackendRequestTimeoutMs = TimedBackendMs,
                },
                RuleOf(Long, filters.IsEmpty ? [longOnes] : [filters[0], longOnes]),
            ],
        };
    }

    private static HttpRule RuleOf(string prefix, ImmutableArray<Filter> filters) => new()
    {
        Matches = [new Match { Path = new PathMatch(PathMatchKind.Prefix, prefix.TrimEnd('/')) }],
        Filters = filters,
        Backends = [new WeightedCluster { Cluster = "c" }],
    };

    private static EndpointSet SetOf(string cluster, string[] endpoints, int port) => new(
        cluster, [.. Array.ConvertAll(endpoints, address => new Endpoint(address, port))]);

    private static string NameOf(int port) => "l" + port.ToString(CultureInfo.InvariantCulture);
}
