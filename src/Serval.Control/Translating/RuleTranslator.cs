using System.Collections.Immutable;
using Serval.Common;
using Serval.Config;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>Rules of an HTTPRoute to rules of the model.</summary>
internal static class RuleTranslator
{
    /// <summary>
    /// All rules. One that cannot be served keeps its place and its matches, and answers 500: what a filter
    /// should have stopped must not reach a backend, nor fall to a rule with a wider match (HTTPRouteFilter).
    /// </summary>
    public static ImmutableArray<HttpRule> Translate(
        HttpRouteResource route, BackendResolver backends, RouteVerdicts verdicts)
    {
        ImmutableArray<HttpRule>.Builder rules = ImmutableArray.CreateBuilder<HttpRule>();
        for (int i = 0; i < route.Spec.Rules.Count; i++)
        {
            verdicts.BeginRule();
            HttpRule rule = Translate(
                route.Spec.Rules[i], $"spec.rules[{i}]", route.Metadata.Namespace, backends, verdicts);
            rules.Add(verdicts.EndRule()
                ? rule
                : new HttpRule { Name = rule.Name, Matches = rule.Matches, IsRefused = true });
        }
        return rules.ToImmutable();
    }

    private static HttpRule Translate(
        RouteRule rule, string field, string @namespace, BackendResolver backends, RouteVerdicts verdicts)
    {
        ImmutableArray<Filter> filters =
            FilterTranslator.Translate(rule.Filters, $"{field}.filters", @namespace, backends, verdicts);
        bool isRedirect = filters.Any(filter => filter is RedirectFilter);
        if (isRedirect && rule.BackendRefs.Count > 0)
        {
            verdicts.Refuse($"{field}.backendRefs", Reason.IncompatibleFilters,
                "A rule that redirects sends nothing to a backend; remove the backendRefs or the redirect.");
        }
        WarnOfUnsupported(rule, field, verdicts);

        ImmutableArray<Match>.Builder matches = ImmutableArray.CreateBuilder<Match>();
        for (int i = 0; i < rule.Matches.Count; i++)
        {
            if (MatchTranslator.Translate(rule.Matches[i], $"{field}.matches[{i}]", verdicts) is { } match)
                matches.Add(match);
        }

        ImmutableArray<WeightedCluster>.Builder clusters = ImmutableArray.CreateBuilder<WeightedCluster>();
        for (int i = 0; i < rule.BackendRefs.Count; i++)
        {
            BackendReference backend = rule.BackendRefs[i];
            string at = $"{field}.backendRefs[{i}]";
            ImmutableArray<Filter> own = FilterTranslator.Translate(
                backend.Filters, $"{at}.filters", @namespace, backends, verdicts, isBackend: true);
            if (own.Any(filter => filter is RedirectFilter) && filters.Any(filter => filter is RewriteFilter))
            {
                verdicts.Refuse($"{at}.filters", Reason.IncompatibleFilters,
                    "The rule rewrites what this backend redirects; keep one of them.");
            }
            clusters.Add(new WeightedCluster
            {
                Cluster = backends.Resolve(backend, @namespace, at, verdicts),
                Weight = backend.Weight ?? 1,
                Filters = own,
            });
        }
        return new HttpRule
        {
            Name = rule.Name,
            Matches = matches.ToImmutable(),
            Filters = filters,
            Backends = clusters.ToImmutable(),
            RequestTimeoutMs = TimeoutOf(rule.Timeouts.Request, $"{field}.timeouts.request", verdicts),
            BackendRequestTimeoutMs =
                TimeoutOf(rule.Timeouts.BackendRequest, $"{field}.timeouts.backendRequest", verdicts),
            Retry = RetryTranslator.Translate(rule.Retry, $"{field}.retry", verdicts),
        };
    }

    private static void WarnOfUnsupported(RouteRule rule, string field, RouteVerdicts verdicts)
    {
        if (rule.SessionPersistence is not null)
        {
            verdicts.Warn($"{field}.sessionPersistence", Reason.UnsupportedField,
                "Session persistence is not supported; this has no effect.");
        }
    }

    // GEP-1742: zero switches the timeout off; leaving it out leaves it to the router.
    private static int TimeoutOf(string? text, string field, RouteVerdicts verdicts)
    {
        if (text is null)
            return 0;
        if (!Duration.TryParse(text, out long milliseconds))
        {
            verdicts.Refuse(
                field, Reason.UnsupportedValue, $"'{text}' is not a duration; write one like 10s.");
            return 0;
        }
        if (milliseconds > ConfigLimits.TimeoutMs)
        {
            verdicts.Warn(field, Reason.InvalidValue, "A timeout is at most 24 hours; 24 hours are used.");
            return ConfigLimits.TimeoutMs;
        }
        return milliseconds == 0 ? HttpRule.NoTimeout : (int)milliseconds;
    }
}
