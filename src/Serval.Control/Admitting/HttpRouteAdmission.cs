using Serval.Common;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>CRD rules of HTTPRoute: the route as a whole and its rules.</summary>
internal static class HttpRouteAdmission
{
    public static void Check(HttpRouteResource route, FindingList findings)
    {
        CheckAttaching(route, findings);
        IReadOnlyList<RouteRule> rules = route.Spec.Rules;
        if (rules.Count is 0 or > 16)
        {
            findings.Error("spec.rules", Reason.InvalidValue,
                "A route has 1 to 16 rules; split it into several routes.");
        }
        if (rules.Sum(rule => rule.Matches.Count) > 128)
        {
            findings.Error("spec.rules", Reason.InvalidValue,
                "A route has at most 128 matches; split it into several routes.");
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Name is { } name && !names.Add(name))
            {
                findings.Error($"spec.rules[{i}].name", Reason.Duplicate,
                    "Another rule of this route has this name; choose another.");
            }
            CheckRule(rules[i], $"spec.rules[{i}]", findings);
        }
    }

    /// <summary>What routes of every kind say about parents and hostnames.</summary>
    public static void CheckAttaching(RouteResource route, FindingList findings)
    {
        CheckParents(route, findings);
        CheckHostnames(route.Attaching.Hostnames, findings);
    }

    private static void CheckParents(RouteResource route, FindingList findings)
    {
        IReadOnlyList<ParentReference> parents = route.Attaching.ParentRefs;
        if (parents.Count > 32)
            findings.Error("spec.parentRefs", Reason.InvalidValue, "A route has at most 32 parents.");
        for (int i = 0; i < parents.Count; i++)
        {
            if (parents[i].Port is < 1 or > 65535)
                findings.Error($"spec.parentRefs[{i}].port", Reason.InvalidValue, "A port is 1 to 65535.");
            if (parents[i].Name.Length is 0 or > 253)
                findings.Error($"spec.parentRefs[{i}].name", Reason.InvalidValue, "A parent has a name.");
            for (int j = 0; j < i; j++)
            {
                if (!IsSameParent(parents[i], parents[j], route.Metadata.Namespace))
                    continue;
                if (parents[i].SectionName == parents[j].SectionName && parents[i].Port == parents[j].Port)
                {
                    findings.Error($"spec.parentRefs[{i}]", Reason.Duplicate,
                        "This parent is named twice; remove one.");
                }
                else if ((parents[i].SectionName ?? parents[j].SectionName) is not null
                    && (parents[i].SectionName is null || parents[j].SectionName is null))
                {
                    findings.Error($"spec.parentRefs[{i}].sectionName", Reason.MissingField,
                        "Several references to one parent each need a sectionName.");
                }
            }
        }
    }

    private static bool IsSameParent(ParentReference left, ParentReference right, string routeNamespace) =>
        left.Group == right.Group && left.Kind == right.Kind && left.Name == right.Name
        && (left.Namespace ?? routeNamespace) == (right.Namespace ?? routeNamespace);

    private static void CheckHostnames(IReadOnlyList<string> hostnames, FindingList findings)
    {
        if (hostnames.Count > 16)
            findings.Error("spec.hostnames", Reason.InvalidValue, "A route has at most 16 hostnames.");
        for (int i = 0; i < hostnames.Count; i++)
        {
            if (!Names.IsHostname(hostnames[i]))
            {
                findings.Error($"spec.hostnames[{i}]", Reason.InvalidValue,
                    HostnameFault.Describe(hostnames[i], takesWildcard: true));
            }
        }
    }

    private static void CheckRule(RouteRule rule, string field, FindingList findings)
    {
        if (rule.Name is { } name && !Names.IsSubdomain(name))
        {
            findings.Error($"{field}.name", Reason.InvalidValue,
                "A rule's name consists of lower-case letters, digits, '-' and '.'.");
        }
        if (rule.Matches.Count > 64)
            findings.Error($"{field}.matches", Reason.InvalidValue, "A rule has at most 64 matches.");
        for (int i = 0; i < rule.Matches.Count; i++)
            MatchAdmission.Check(rule.Matches[i], $"{field}.matches[{i}]", findings);

        // CRD: the default match of a rule is one path prefix.
        bool hasOnePrefix = rule.Matches.Count == 1 && rule.Matches[0].Path.Type == "PathPrefix";
        FilterAdmission.Check(rule.Filters, $"{field}.filters", hasOnePrefix, findings);
        if (rule.BackendRefs.Count > 16)
            findings.Error($"{field}.backendRefs", Reason.InvalidValue, "A rule has at most 16 backends.");
        for (int i = 0; i < rule.BackendRefs.Count; i++)
        {
            BackendReference backend = rule.BackendRefs[i];
            string at = $"{field}.backendRefs[{i}]";
            if (backend.Weight is < 0 or > 1_000_000)
                findings.Error($"{at}.weight", Reason.InvalidValue, "A weight is 0 to 1,000,000.");
            if (backend.Port is < 1 or > 65535)
                findings.Error($"{at}.port", Reason.InvalidValue, "A port is 1 to 65535.");
            if (backend.Name.Length is 0 or > 253)
                findings.Error($"{at}.name", Reason.InvalidValue, "A backend has a name.");
            FilterAdmission.Check(backend.Filters, $"{at}.filters", hasOnePrefix, findings);
        }
        CheckTimeouts(rule.Timeouts, $"{field}.timeouts", findings);
        RetryAdmission.Check(rule.Retry, $"{field}.retry", findings);
    }

    private static void CheckTimeouts(RouteTimeouts timeouts, string field, FindingList findings)
    {
        long request = CheckDuration(timeouts.Request, $"{field}.request", findings);
        long backendRequest = CheckDuration(timeouts.BackendRequest, $"{field}.backendRequest", findings);
        if (request > 0 && backendRequest > request)
        {
            findings.Error($"{field}.backendRequest", Reason.InvalidValue,
                "An attempt at a backend must not last longer than the whole request; lower it or raise "
                + "'request'.");
        }
    }

    private static long CheckDuration(string? text, string field, FindingList findings)
    {
        if (text is null)
            return 0;
        if (Duration.TryParse(text, out long milliseconds))
            return milliseconds;
        findings.Error(field, Reason.InvalidValue,
            $"'{text}' is not a duration; write one such as '500ms', '10s' or '1h30m'.");
        return 0;
    }
}
