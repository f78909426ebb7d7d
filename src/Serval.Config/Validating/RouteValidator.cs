using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks routes: attachments, rules, matches and backends.</summary>
internal sealed class RouteValidator(
    FindingList findings, PatternSet patterns, ValidNames names)
{
    private static readonly ItemNames Rules = new("rules");

    private readonly AttachmentValidator _attachments =
        new(findings, names.Listeners, names.TlsListeners, "http or https");

    private readonly MatchValidator _matches = new(findings, patterns);
    private readonly FilterValidator _filters = new(findings);
    private long _candidates;

    /// <summary>How many candidates a valid route makes; none of null.</summary>
    public static long CandidatesOf(HttpRoute? route) => route is null
        ? 0
        : route.Attachments.OrEmpty().Sum(a => (long)Math.Max(1, a?.Hostnames.OrEmpty().Length ?? 0))
            * route.Rules.OrEmpty().Sum(r => (long)Math.Max(1, r?.Matches.OrEmpty().Length ?? 0));

    /// <summary>Checks one route, whose name no other has.</summary>
    public void ValidateOne(HttpRoute route) =>
        Validate(route, SnapshotValidator.AddName(findings, [], "HTTPRoute", 0, route.Name));

    /// <summary>Checks them all, and returns how many matches times hostnames they have.</summary>
    public long Validate(ImmutableArray<HttpRoute> routes)
    {
        if (!findings.RequireCount(routes.Length, ConfigLimits.Routes, Subject.Snapshot, "routes"))
            return 0;
        HashSet<string> seen = new(routes.Length, StringComparer.Ordinal);
        for (int i = 0; i < routes.Length; i++)
        {
            if (routes[i] is null)
                findings.Add(Subject.Snapshot, $"routes[{i}]", Reasons.Missing, "is null; remove it");
            else
                Validate(routes[i],
                    SnapshotValidator.AddName(findings, seen, "HTTPRoute", i, routes[i].Name));
        }

        findings.Require(
            _candidates <= ConfigLimits.CandidatesPerSnapshot, Subject.Snapshot, "routes", Reasons.TooMany,
            $"matches times hostnames are {_candidates}; use at most {ConfigLimits.CandidatesPerSnapshot}");
        return _candidates;
    }

    private void Validate(HttpRoute route, Subject subject)
    {
        long hostnames = _attachments.Validate(route.Attachments.OrEmpty(), subject);
        long matches = 0;
        ImmutableArray<HttpRule> rules = route.Rules.OrEmpty();
        if (findings.RequireCount(rules.Length, ConfigLimits.RulesPerRoute, subject, "rules"))
        {
            for (int i = 0; i < rules.Length; i++)
                matches += Validate(rules[i], subject, Rules[i]);
        }

        _candidates += hostnames * matches;
    }

    private int Validate(HttpRule? rule, Subject subject, string field)
    {
        if (rule is null)
        {
            findings.Add(subject, field, Reasons.Missing, "is null; remove it");
            return 0;
        }

        RequireTimeout(rule.RequestTimeoutMs, subject, field, "requestTimeoutMs");
        RequireTimeout(rule.BackendRequestTimeoutMs, subject, field, "backendRequestTimeoutMs");
        RetryValidator.Validate(findings, rule.Retry, subject, field);
        ImmutableArray<Match> matches = rule.Matches.OrEmpty();
        bool hasOnlyPrefixes = true;
        if (findings.RequireCount(matches.Length, ConfigLimits.MatchesPerRule, subject, $"{field}.matches"))
        {
            for (int i = 0; i < matches.Length; i++)
            {
                _matches.Validate(matches[i], subject, field, i);
                hasOnlyPrefixes &= (matches[i]?.Path?.Kind ?? PathMatchKind.Prefix) == PathMatchKind.Prefix;
            }
        }

        _filters.Validate(rule.Filters.OrEmpty(), hasOnlyPrefixes, subject, field);
        RequireMirrors(rule.Filters.OrEmpty(), subject, field);
        ImmutableArray<WeightedCluster> backends = rule.Backends.OrEmpty();
        if (findings.RequireCount(
            backends.Length, ConfigLimits.BackendsPerRule, subject, $"{field}.backends"))
        {
            for (int i = 0; i < backends.Length; i++)
                Validate(backends[i], hasOnlyPrefixes, subject, field, i);
        }

        return Math.Max(1, matches.Length);
    }

    private void Validate(
        WeightedCluster? backend, bool hasOnlyPrefixes, Subject subject, string rule, int index)
    {
        if (backend is null)
        {
            findings.Add(subject, $"{rule}.backends[{index}]", Reasons.Missing, "is null; remove it");
            return;
        }

        if (backend.Cluster is not null && !names.HasCluster(backend.Cluster))
        {
            findings.Add(
                subject, $"{rule}.backends[{index}].cluster", Reasons.NotFound,
                $"there is no cluster \"{backend.Cluster}\"; add it or use null");
        }

        if (backend.Weight is < 0 or > ConfigLimits.Weight)
        {
            findings.Add(
                subject, $"{rule}.backends[{index}].weight", Reasons.InvalidValue,
                $"{backend.Weight} is not a weight; use 0 to {ConfigLimits.Weight}");
        }

        if (!backend.Filters.IsDefaultOrEmpty)
        {
            _filters.Validate(
                backend.Filters, hasOnlyPrefixes, subject, $"{rule}.backends[{index}]", isBackend: true);
        }
    }

    private void RequireMirrors(ImmutableArray<Filter> filters, Subject subject, string rule)
    {
        for (int i = 0; i < filters.Length; i++)
        {
            if (filters[i] is MirrorFilter { Cluster: { } cluster } && !names.HasCluster(cluster))
            {
                findings.Add(
                    subject, $"{rule}.filters[{i}].cluster", Reasons.NotFound,
                    $"there is no cluster \"{cluster}\"; add it or use null");
            }
        }
    }

    private void RequireTimeout(int timeoutMs, Subject subject, string rule, string name)
    {
        if (timeoutMs is < HttpRule.NoTimeout or > ConfigLimits.TimeoutMs)
        {
            findings.Add(
                subject, $"{rule}.{name}", Reasons.InvalidValue,
                $"{timeoutMs} is out of range; use 0 (not said), -1 (none) or up to "
                + $"{ConfigLimits.TimeoutMs} (a day)");
        }
    }
}
