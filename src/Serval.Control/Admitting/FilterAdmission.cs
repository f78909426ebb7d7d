using System.Text;
using Serval.Common;
using Serval.Config;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>
/// CRD rules of one HTTPRouteFilter. Filters that cannot stand together are judged later, where the route's
/// status can say so.
/// </summary>
internal static class FilterAdmission
{
    public static void Check(
        IReadOnlyList<RouteFilter> filters, string field, bool hasOnePrefix, FindingList findings)
    {
        if (filters.Count > 16)
            findings.Error(field, Reason.InvalidValue, "There are at most 16 filters.");
        for (int i = 0; i < filters.Count; i++)
            CheckFilter(filters[i], $"{field}[{i}]", hasOnePrefix, findings);
    }

    private static void CheckFilter(RouteFilter filter, string field, bool hasOnePrefix, FindingList findings)
    {
        foreach ((string type, string member, bool isPresent) in MembersOf(filter))
        {
            if (isPresent && filter.Type != type)
            {
                findings.Error($"{field}.{member}", Reason.InvalidValue,
                    $"This belongs to filters of type {type}; this one is {filter.Type}."
                        + (Spelling.IsNear(type, filter.Type) ? $" Did you mean {type}?" : ""));
            }
            else if (!isPresent && filter.Type == type)
            {
                findings.Error($"{field}.{member}", Reason.MissingField,
                    $"A filter of type {type} needs this field; add it.");
            }
        }
        CheckEdits(filter.RequestHeaderModifier, $"{field}.requestHeaderModifier", findings);
        CheckEdits(filter.ResponseHeaderModifier, $"{field}.responseHeaderModifier", findings);
        CheckRedirect(filter.RequestRedirect, $"{field}.requestRedirect", hasOnePrefix, findings);
        CheckHostname(filter.UrlRewrite?.Hostname, $"{field}.urlRewrite.hostname", findings);
        CheckPath(filter.UrlRewrite?.Path, $"{field}.urlRewrite.path", hasOnePrefix, findings);
        CheckMirror(filter.RequestMirror, $"{field}.requestMirror", findings);
        CorsAdmission.Check(filter.Cors, $"{field}.cors", findings);
    }

    private static (string Type, string Member, bool IsPresent)[] MembersOf(RouteFilter filter) =>
    [
        ("RequestHeaderModifier", "requestHeaderModifier", filter.RequestHeaderModifier is not null),
        ("ResponseHeaderModifier", "responseHeaderModifier", filter.ResponseHeaderModifier is not null),
        ("RequestRedirect", "requestRedirect", filter.RequestRedirect is not null),
        ("URLRewrite", "urlRewrite", filter.UrlRewrite is not null),
        ("RequestMirror", "requestMirror", filter.RequestMirror is not null),
        ("CORS", "cors", filter.Cors is not null),
        ("ExtensionRef", "extensionRef", filter.ExtensionRef is not null),
        ("ExternalAuth", "externalAuth", filter.ExternalAuth is not null),
    ];

    private static void CheckEdits(HeaderModifier? edits, string field, FindingList findings)
    {
        if (edits is null)
            return;
        if (edits.Set.Count > 16 || edits.Add.Count > 16 || edits.Remove.Count > 16)
        {
            findings.Error(field, Reason.InvalidValue,
                "There are at most 16 headers to set, to add and to remove.");
        }
        CheckEntries(edits.Set, $"{field}.set", findings);
        CheckEntries(edits.Add, $"{field}.add", findings);
        for (int i = 0; i < edits.Remove.Count; i++)
        {
            if (!Names.IsToken(edits.Remove[i]))
            {
                findings.Error($"{field}.remove[{i}]", Reason.InvalidValue,
                    "This is not a valid header name.");
            }
        }
    }

    private static void CheckEntries(IReadOnlyList<HeaderEntry> entries, string field, FindingList findings)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (!Names.IsToken(entries[i].Name))
                findings.Error($"{field}[{i}].name", Reason.InvalidValue, "This is not a valid header name.");
            if (entries[i].Value.Length == 0
                || Encoding.UTF8.GetByteCount(entries[i].Value) > ConfigLimits.ValueBytes
                || !Names.IsHeaderValue(entries[i].Value))
            {
                findings.Error($"{field}[{i}].value", Reason.InvalidValue,
                    "A value has 1 to 4,096 bytes, no control characters and no blank at either end.");
            }
        }
    }

    private static void CheckRedirect(
        RequestRedirect? redirect, string field, bool hasOnePrefix, FindingList findings)
    {
        if (redirect is null)
            return;
        if (redirect.Scheme is not (null or "http" or "https"))
            findings.Error($"{field}.scheme", Reason.InvalidValue, "The scheme is http or https.");
        if (redirect.Port is < 1 or > 65535)
            findings.Error($"{field}.port", Reason.InvalidValue, "A port is 1 to 65535.");
        if (redirect.StatusCode is not (null or 301 or 302 or 303 or 307 or 308))
        {
            findings.Error($"{field}.statusCode", Reason.InvalidValue,
                "The status is 301, 302, 303, 307 or 308.");
        }
        CheckHostname(redirect.Hostname, $"{field}.hostname", findings);
        CheckPath(redirect.Path, $"{field}.path", hasOnePrefix, findings);
    }

    private static void CheckMirror(RequestMirror? mirror, string field, FindingList findings)
    {
        if (mirror is null)
            return;
        if (mirror.BackendRef.Port is < 1 or > 65535)
            findings.Error($"{field}.backendRef.port", Reason.InvalidValue, "A port is 1 to 65535.");
        if (mirror.BackendRef.Name.Length is 0 or > 253)
            findings.Error($"{field}.backendRef.name", Reason.InvalidValue, "A backend has a name.");
        if (mirror.Percent is not null && mirror.Fraction is not null)
        {
            findings.Error(field, Reason.InvalidValue,
                "A share is given by percent or by fraction; remove one of them.");
        }
        if (mirror.Percent is < 0 or > 100)
            findings.Error($"{field}.percent", Reason.InvalidValue, "A percentage is 0 to 100.");
        if (mirror.Fraction is { } fraction
            && (fraction.Numerator < 0 || fraction.Denominator < 1
                || fraction.Numerator > (fraction.Denominator ?? 100)))
        {
            findings.Error($"{field}.fraction", Reason.InvalidValue,
                "A fraction is 0 to 1: the numerator is 0 or more and at most the denominator.");
        }
    }

    private static void CheckHostname(string? hostname, string field, FindingList findings)
    {
        if (hostname is not null && !Names.IsPreciseHostname(hostname))
        {
            findings.Error(field, Reason.InvalidValue,
                HostnameFault.Describe(hostname, takesWildcard: false));
        }
    }

    private static void CheckPath(PathModifier? path, string field, bool hasOnePrefix, FindingList findings)
    {
        if (path is null)
            return;
        bool isFull = path.Type == "ReplaceFullPath";
        bool isPrefix = path.Type == "ReplacePrefixMatch";
        if (!isFull && !isPrefix)
        {
            findings.Error($"{field}.type", Reason.InvalidValue,
                "The type is ReplaceFullPath or ReplacePrefixMatch.");
        }
        if (isFull != (path.ReplaceFullPath is not null) || isPrefix != (path.ReplacePrefixMatch is not null))
            findings.Error(field, Reason.InvalidValue, "The type names the one field that is set.");
        if (!IsPath(path.ReplaceFullPath ?? path.ReplacePrefixMatch ?? "", mayBeEmpty: isPrefix))
        {
            findings.Error(field, Reason.InvalidValue,
                "A path begins with '/' and has at most 1,024 ASCII characters, no spaces, '?' or '#'.");
        }
        if (isPrefix && !hasOnePrefix)
        {
            findings.Error(field, Reason.InvalidValue,
                "ReplacePrefixMatch needs a rule with exactly one match, of type PathPrefix; split the "
                + "rule.");
        }
    }

    // The CRD leaves the text open; a space or a control character would break the request line.
    private static bool IsPath(string path, bool mayBeEmpty) => path.Length == 0
        ? mayBeEmpty
        : path[0] == '/' && path.Length <= ConfigLimits.PathBytes
            && path.All(c => c is > ' ' and < '\x7f' and not ('?' or '#'));
}
