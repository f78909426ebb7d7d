using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>HTTPRouteMatch to a match of the model.</summary>
internal static class MatchTranslator
{
    /// <summary>The match, or null when it cannot be tested; its rule is refused then.</summary>
    public static Match? Translate(RouteMatch match, string field, RouteVerdicts verdicts)
    {
        PathMatch? path = TranslatePath(match.Path, $"{field}.path", verdicts);
        // Header names ignore case (RFC 9110 §5.1), those of query parameters do not.
        ImmutableArray<ValueMatch> headers =
            TranslateValues(match.Headers, $"{field}.headers", ToLower, verdicts);
        ImmutableArray<ValueMatch> query =
            TranslateValues(match.QueryParams, $"{field}.queryParams", name => name, verdicts);
        WarnOfDropped(match.Headers, $"{field}.headers", verdicts);
        return path is null || headers.IsDefault || query.IsDefault
            ? null
            : new Match { Path = path, Method = match.Method, Headers = headers, Query = query };
    }

    private static string ToLower(string name) => name.ToLowerInvariant();

    // What clients could invent is dropped before anything is matched, so such a match never holds.
    private static void WarnOfDropped(
        IReadOnlyList<RouteValueMatch> headers, string field, RouteVerdicts verdicts)
    {
        for (int i = 0; i < headers.Count; i++)
        {
            string name = headers[i].Name;
            if (HeaderNames.IsSpoofable(name))
            {
                verdicts.Warn($"{field}[{i}].name", Reason.NeverMatches,
                    $"Serval drops '{name}' from requests because clients can invent it, so this never "
                    + "matches; match another header.");
            }
            else if (HeaderNames.IsAmbiguous(name))
            {
                verdicts.Warn($"{field}[{i}].name", Reason.NeverMatches,
                    $"Serval drops names like '{name}' from requests unless a router is started with "
                    + "--header-names forward; use letters, digits and hyphens.");
            }
        }
    }

    private static PathMatch? TranslatePath(RoutePathMatch path, string field, RouteVerdicts verdicts)
    {
        switch (path.Type)
        {
            case "Exact":
                return new PathMatch(PathMatchKind.Exact, path.Value);
            case "PathPrefix":
                // A prefix ends at an element, so its trailing slash says nothing (HTTPPathMatch).
                string value = path.Value.Length > 1 ? path.Value.TrimEnd('/') : path.Value;
                return new PathMatch(PathMatchKind.Prefix, value);
            case "RegularExpression":
                return IsRegex(path.Value, $"{field}.value", verdicts)
                    ? new PathMatch(PathMatchKind.Regex, path.Value)
                    : null;
            default:
                verdicts.Refuse($"{field}.type", Reason.UnsupportedValue,
                    $"Path matches of type {path.Type} are not supported.");
                return null;
        }
    }

    // Default when an entry cannot be tested.

    private static ImmutableArray<ValueMatch> TranslateValues(
        IReadOnlyList<RouteValueMatch> values,
        string field,
        Func<string, string> fold,
        RouteVerdicts verdicts)
    {
        ImmutableArray<ValueMatch>.Builder result = ImmutableArray.CreateBuilder<ValueMatch>();
        HashSet<string> names = new(StringComparer.Ordinal);
        bool isTestable = true;
        for (int i = 0; i < values.Count; i++)
        {
            string name = fold(values[i].Name);
            // HTTPRouteMatch: of entries with equivalent names only the first counts.
            if (!names.Add(name))
            {
                verdicts.Warn($"{field}[{i}].name", Reason.Duplicate,
                    $"'{values[i].Name}' is matched above; this entry has no effect.");
                continue;
            }
            bool isRegex = values[i].Type == "RegularExpression";
            if (isRegex)
                isTestable &= IsRegex(values[i].Value, $"{field}[{i}].value", verdicts);
            else if (values[i].Type != "Exact")
            {
                isTestable = false;
                verdicts.Refuse($"{field}[{i}].type", Reason.UnsupportedValue,
                    $"Matches of type {values[i].Type} are not supported.");
            }
            result.Add(new ValueMatch(name, values[i].Value, isRegex));
        }
        return isTestable ? result.ToImmutable() : default;
    }

    private static bool IsRegex(string pattern, string field, RouteVerdicts verdicts)
    {
        if (RegexProblem.Of(pattern) is not { } problem)
            return true;
        verdicts.Refuse(field, Reason.UnsupportedValue, problem);
        return false;
    }
}
