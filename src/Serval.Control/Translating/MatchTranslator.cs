using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>HTTPRouteMatch to a match of the model.</summary>
internal static class MatchTranslator
{
    public static Match Translate(RouteMatch match, string field, RouteVerdicts verdicts) => new()
    {
        Path = TranslatePath(match.Path, $"{field}.path", verdicts),
        Method = match.Method,
        // Header names ignore case (RFC 9110 §5.1), those of query parameters do not.
        Headers = TranslateValues(match.Headers, $"{field}.headers", ToLower, verdicts),
        Query = TranslateValues(match.QueryParams, $"{field}.queryParams", name => name, verdicts),
    };

    private static string ToLower(string name) => name.ToLowerInvariant();

    private static PathMatch TranslatePath(RoutePathMatch path, string field, RouteVerdicts verdicts)
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
                CheckRegex(path.Value, $"{field}.value", verdicts);
                return new PathMatch(PathMatchKind.Regex, path.Value);
            default:
                verdicts.Refuse($"{field}.type", Reason.UnsupportedValue,
                    $"Path matches of type {path.Type} are not supported.");
                return new PathMatch(PathMatchKind.Exact, path.Value);
        }
    }

    private static ImmutableArray<ValueMatch> TranslateValues(
        IReadOnlyList<RouteValueMatch> values,
        string field,
        Func<string, string> fold,
        RouteVerdicts verdicts)
    {
        ImmutableArray<ValueMatch>.Builder result = ImmutableArray.CreateBuilder<ValueMatch>();
        HashSet<string> names = new(StringComparer.Ordinal);
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
                CheckRegex(values[i].Value, $"{field}[{i}].value", verdicts);
            else if (values[i].Type != "Exact")
            {
                verdicts.Refuse($"{field}[{i}].type", Reason.UnsupportedValue,
                    $"Matches of type {values[i].Type} are not supported.");
            }
            result.Add(new ValueMatch(name, values[i].Value, isRegex));
        }
        return result.ToImmutable();
    }

    private static void CheckRegex(string pattern, string field, RouteVerdicts verdicts)
    {
        if (RegexProblem.Of(pattern) is { } problem)
            verdicts.Refuse(field, Reason.UnsupportedValue, problem);
    }
}
