using System.Collections.Immutable;
using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>Predicates and filters in words.</summary>
internal static class ExplainWords
{
    /// <summary>What a rule asked for and did not get.</summary>
    public static string Failure(ExplainedRule rule) => $"{PathOf(rule)}, but " + rule.Failed switch
    {
        FailedPredicate.Path => "the path differs",
        FailedPredicate.Method => "the method differs",
        FailedPredicate.Header => "a header differs",
        _ => "a query parameter differs",
    };

    /// <summary>What the chosen rule asked for: its path, and whatever else with that path.</summary>
    public static string Success(HttpRule rule, ExplainedRule chosen)
    {
        List<string> alternatives = [];
        foreach (Match match in rule.Matches)
        {
            PathMatch path = match.Path ?? new PathMatch(PathMatchKind.Prefix, "/");
            if (path.Kind != chosen.PathKind || path.Value.TrimEnd('/') != chosen.Path.TrimEnd('/'))
                continue;
            string predicates = Predicates(match);
            if (predicates.Length == 0)
                return PathOf(chosen);
            alternatives.Add(predicates);
        }
        return alternatives.Count == 0
            ? PathOf(chosen)
            : $"{PathOf(chosen)}, {string.Join(" or ", alternatives)}";
    }

    /// <summary>A line for each change that filters make.</summary>
    public static List<string> Filters(ImmutableArray<Filter> filters)
    {
        List<string> lines = [];
        foreach (Filter filter in filters)
        {
            switch (filter)
            {
                case RequestHeaderFilter headers: AddEdits(lines, "request", headers.Edits); break;
                case ResponseHeaderFilter headers: AddEdits(lines, "response", headers.Edits); break;
                case RewriteFilter rewrite: lines.Add(Rewrite(rewrite)); break;
                case RedirectFilter redirect: lines.Add($"redirect with status {redirect.Status}"); break;
                case MirrorFilter mirror: lines.Add(Mirror(mirror)); break;
                case CorsFilter cors: lines.Add(Cors(cors)); break;
                default: lines.Add(filter.GetType().Name); break;
            }
        }
        return lines;
    }

    /// <summary>When requests are sent again.</summary>
    public static string Retry(RetryPolicy retry)
    {
        string codes = retry.Codes.IsDefaultOrEmpty ? "" : $" and after {string.Join(" ", retry.Codes)}";
        return $"up to {retry.Attempts} times, after {retry.BackoffMs} ms or more, on failures{codes}";
    }

    private static string Mirror(MirrorFilter mirror)
    {
        string share = mirror.Numerator == mirror.Denominator
            ? "every request"
            : $"{mirror.Numerator} of {mirror.Denominator} requests";
        return $"copy {share} to {mirror.Cluster ?? "a reference that does not resolve"}";
    }

    private static string Cors(CorsFilter cors)
    {
        string origins = cors.AllowOrigins.IsDefaultOrEmpty ? "none" : string.Join(" ", cors.AllowOrigins);
        return $"CORS for origins {origins}{(cors.AllowCredentials ? ", with credentials" : "")}";
    }

    private static string PathOf(ExplainedRule rule) => rule.PathKind switch
    {
        PathMatchKind.Exact => $"path is {rule.Path}",
        PathMatchKind.Prefix => $"path begins with {rule.Path}",
        _ => $"path matches the pattern {rule.Path}",
    };

    private static string Predicates(Match match)
    {
        StringBuilder text = new();
        if (match.Method is not null)
            text.Append("method is ").Append(match.Method);
        foreach (ValueMatch header in match.Headers)
            text.Append(text.Length == 0 ? "" : " and ").Append("header ").Append(Predicate(header));
        foreach (ValueMatch parameter in match.Query)
            text.Append(text.Length == 0 ? "" : " and ").Append("query parameter ").Append(
                Predicate(parameter));
        return text.ToString();
    }

    private static string Predicate(ValueMatch match) =>
        $"{match.Name} {(match.IsRegex ? "matches" : "is")} {match.Value}";

    private static void AddEdits(List<string> lines, string side, HeaderEdits edits)
    {
        foreach (HeaderValue header in edits.Set)
            lines.Add($"set {side} header {header.Name}: {header.Value}");
        foreach (HeaderValue header in edits.Add)
            lines.Add($"add {side} header {header.Name}: {header.Value}");
        foreach (string name in edits.Remove)
            lines.Add($"remove {side} header {name}");
    }

    private static string Rewrite(RewriteFilter rewrite)
    {
        string host = rewrite.Hostname is null ? "" : $" host to {rewrite.Hostname}";
        string path = rewrite.Path switch
        {
            null => "",
            { Kind: PathChangeKind.ReplaceFull } full => $" path to {full.Value}",
            { } prefix => $" matched prefix to {prefix.Value}",
        };
        return $"rewrite{host}{path}";
    }
}
