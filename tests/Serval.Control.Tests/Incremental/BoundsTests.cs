using System.Collections.Immutable;
using Serval.Config;
using Serval.Config.Validating;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>
/// More than a snapshot holds: the older objects stay, and the younger come when there is room.
/// </summary>
public sealed class BoundsTests
{
    private const int ListenersPerGateway = 64;
    private const int HostnamesPerRoute = 16;
    private const int MatchesPerRule = 64;
    private const int Gateways = 4;

    [Fact]
    public void Routes_beyond_the_candidates_of_a_snapshot_are_refused_the_youngest_first()
    {
        // 4 Gateways × 64 listeners × 16 hostnames × 2 rules × 64 matches for each route.
        const int Candidates = Gateways * ListenersPerGateway * HostnamesPerRoute * 2 * MatchesPerRule;
        const int Fitting = ConfigLimits.CandidatesPerSnapshot / Candidates;
        Comparison comparison = new(new Random(1), new TranslationOptions());
        HttpRouteResource[] routes = [.. Enumerable.Range(0, Fitting + 2).Select(Wide)];
        comparison.Step(new ChangeBatch
        {
            Upserts =
            [
                SmallObjects.Class(),
                .. Enumerable.Range(0, Gateways).Select(i => Gateway(i, "")),
                .. routes,
            ],
        });
        Assert.Equal(["r30", "r31"], Refused(comparison.Current));
        Assert.Equal(Fitting, comparison.Current.Snapshot.Routes.Length);
        // So many matches are not compared with each other.
        Assert.Contains(comparison.Current.Findings, finding => finding is
        { Severity: Severity.Notice, Reason: Reason.NeverMatches });

        comparison.Step(new ChangeBatch { Upserts = [Narrow("young", 59), Narrow("old", 0)] });
        Assert.Equal(["r30", "r31"], Refused(comparison.Current));
        Assert.Equal(Fitting + 2, comparison.Current.Snapshot.Routes.Length);

        comparison.Step(new ChangeBatch { Deletes = [routes[3].Key] });
        Assert.Equal(["r31"], Refused(comparison.Current));
        comparison.Step(new ChangeBatch { Deletes = [routes[4].Key] });
        Assert.Empty(Refused(comparison.Current));
        comparison.Step(new ChangeBatch { Upserts = [routes[3]] });
        Assert.Equal(["r31"], Refused(comparison.Current));
        // Its name comes first, its age does not.
        comparison.Step(new ChangeBatch
        {
            Upserts = [Wide(Fitting) with { Metadata = SmallObjects.Meta("a", 59) }],
        });
        Assert.Equal(["a", "r31"], Refused(comparison.Current));
    }

    [Fact]
    public void Listeners_beyond_the_bound_are_refused_the_youngest_first()
    {
        const int Count = (ConfigLimits.Listeners / ListenersPerGateway) + 2;
        Comparison comparison = new(new Random(1), new TranslationOptions());
        comparison.Step(new ChangeBatch
        {
            Upserts =
            [
                SmallObjects.Class(),
                .. Enumerable.Range(0, Count).Select(i => Gateway(i, $"g{i}.example.com")),
                Narrow("web", 1),
            ],
        });
        Translation translation = comparison.Current;
        Assert.Equal(ConfigLimits.Listeners, translation.Snapshot.Listeners.Length);
        Assert.Single(translation.Snapshot.Routes);
        ListenerStatus last =
            translation.Status.Gateways.Single(gateway => gateway.Name == $"g{Count - 1}").Listeners[^1];
        Condition accepted = last.Conditions.Single(condition => condition.Type == "Accepted");
        Assert.Equal((ConditionStatus.False, "TooManyListeners"), (accepted.Status, accepted.Reason));
    }

    [Fact]
    public void Ten_megabytes_of_annotations_reach_no_router()
    {
        Comparison comparison = new(new Random(1), new TranslationOptions());
        HttpRouteResource route = Narrow("web", 1);
        comparison.Step(new ChangeBatch { Upserts = [SmallObjects.Class(), Gateway(0, ""), route] });
        string version = comparison.Current.Snapshot.Version;
        comparison.Step(new ChangeBatch
        {
            Upserts =
            [
                route with
                {
                    Metadata = route.Metadata with
                    {
                        Annotations = ImmutableDictionary<string, string>.Empty
                            .Add("note", new string('x', 10 * 1024 * 1024)),
                    },
                },
            ],
        });
        Assert.Equal(version, comparison.Current.Snapshot.Version);
    }

    private static string[] Refused(Translation translation) =>
    [
        .. translation.Status.Routes
            .Where(route => route.Parents[0].Conditions[0].Reason == "UnsupportedValue")
            .Select(route => route.Name),
    ];

    private static GatewayResource Gateway(int index, string domain) => SmallObjects.Gateway(
        $"g{index}", index,
        [
            .. Enumerable.Range(0, ListenersPerGateway).Select(i => domain.Length == 0
                ? SmallObjects.Listener($"l{i}", 1_000 + (index * ListenersPerGateway) + i)
                : SmallObjects.Listener($"l{i}", hostname: $"l{i}.{domain}")),
        ]);

    private static HttpRouteResource Wide(int index)
    {
        RouteRule rule = new()
        {
            Matches =
            [
                .. Enumerable.Range(0, MatchesPerRule).Select(i => new RouteMatch
                {
                    Path = new RoutePathMatch { Value = $"/{i}" },
                }),
            ],
        };
        return new HttpRouteResource
        {
            Metadata = SmallObjects.Meta($"r{index:d2}", index),
            Spec = new HttpRouteSpec
            {
                ParentRefs =
                    [.. Enumerable.Range(0, Gateways).Select(i => new ParentReference { Name = $"g{i}" })],
                Hostnames = [.. Enumerable.Range(0, HostnamesPerRoute).Select(i => $"h{i}.r{index}.example")],
                Rules = [rule, rule],
            },
        };
    }

    private static HttpRouteResource Narrow(string name, int age) => new()
    {
        Metadata = SmallObjects.Meta(name, age),
        Spec = new HttpRouteSpec { ParentRefs = [new ParentReference { Name = "g0" }] },
    };
}
