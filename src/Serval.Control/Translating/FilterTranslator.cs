using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>Filters of a rule or a backend to filters of the model.</summary>
internal static class FilterTranslator
{
    /// <summary>
    /// The filters in their order. One that is not known refuses the rule: to leave a filter out could let
    /// through what it should have stopped (HTTPRouteFilter). Edits of headers that filters cannot change are
    /// left out with a warning.
    /// </summary>
    public static ImmutableArray<Filter> Translate(
        IReadOnlyList<RouteFilter> filters, string field, string @namespace, BackendResolver backends,
        RouteVerdicts verdicts, bool isBackend = false)
    {
        ImmutableArray<Filter>.Builder result = ImmutableArray.CreateBuilder<Filter>();
        HashSet<string> types = new(StringComparer.Ordinal);
        for (int i = 0; i < filters.Count; i++)
        {
            string at = $"{field}[{i}]";
            if (!types.Add(filters[i].Type) && filters[i].Type != "RequestMirror")
            {
                verdicts.Refuse(at, Reason.IncompatibleFilters,
                    $"There are two filters of type {filters[i].Type}; merge them into one.");
            }
            string? problem = isBackend ? ProblemOfBackend(filters[i].Type) : null;
            Filter? filter = filters[i] is { Type: "RequestMirror", RequestMirror: { } mirror }
                ? MirrorTranslator.Translate(mirror, $"{at}.requestMirror", @namespace, backends, verdicts)
                : Translate(filters[i], at, verdicts);
            if (problem is null && filter is not null)
            {
                result.Add(filter);
                continue;
            }
            verdicts.Refuse(at, Reason.UnsupportedValue,
                problem ?? $"Filters of type {filters[i].Type} are not supported; remove it.");
        }
        if (types.Contains("RequestRedirect") && types.Contains("URLRewrite"))
        {
            verdicts.Refuse(field, Reason.IncompatibleFilters,
                "RequestRedirect and URLRewrite exclude each other; keep one.");
        }
        if (result.OfType<RewriteFilter>().Any(rewrite => rewrite.Hostname is not null)
            && result.OfType<RequestHeaderFilter>().Any(request => request.Edits.FindHost() is not null))
        {
            verdicts.Refuse(field, Reason.IncompatibleFilters,
                "URLRewrite and RequestHeaderModifier both set the host; keep one of them.");
        }
        return result.ToImmutable();
    }

    // What decides before a backend is chosen, or beside it, belongs to the rule.
    private static string? ProblemOfBackend(string type) => type switch
    {
        "CORS" => "CORS is for a rule: a preflight is answered before a backend is chosen; move it there.",
        "RequestMirror" => "Mirrors are supported for rules, not for backends; move it there.",
        _ => null,
    };

    private static Filter? Translate(RouteFilter filter, string field, RouteVerdicts verdicts) =>
        filter switch
        {
            { Type: "RequestHeaderModifier", RequestHeaderModifier: { } edits } =>
                new RequestHeaderFilter(HeaderEditTranslator.OfRequest(
                    edits, $"{field}.requestHeaderModifier", verdicts)),
            { Type: "ResponseHeaderModifier", ResponseHeaderModifier: { } edits } =>
                new ResponseHeaderFilter(HeaderEditTranslator.OfResponse(
                    edits, $"{field}.responseHeaderModifier", verdicts)),
            { Type: "RequestRedirect", RequestRedirect: { } redirect } => new RedirectFilter
            {
                Scheme = redirect.Scheme,
                Hostname = redirect.Hostname,
                Port = redirect.Port,
                Path = Path(redirect.Path),
                Status = redirect.StatusCode ?? 302,
            },
            { Type: "URLRewrite", UrlRewrite: { } rewrite } => new RewriteFilter
            {
                Hostname = rewrite.Hostname,
                Path = Path(rewrite.Path),
            },
            { Type: "CORS", Cors: { } cors } => CorsTranslator.Translate(cors, $"{field}.cors", verdicts),
            _ => null,
        };

    private static PathChange? Path(PathModifier? path) => path switch
    {
        { Type: "ReplaceFullPath", ReplaceFullPath: { } value } =>
            new PathChange(PathChangeKind.ReplaceFull, value),
        { Type: "ReplacePrefixMatch", ReplacePrefixMatch: { } value } =>
            new PathChange(PathChangeKind.ReplacePrefix, value),
        _ => null,
    };
}
