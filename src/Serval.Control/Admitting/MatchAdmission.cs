using System.Buffers;
using System.Text;
using Serval.Config;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>CRD rules of HTTPRouteMatch.</summary>
internal static class MatchAdmission
{
    private static readonly SearchValues<char> PathChars = SearchValues.Create(
        "-./_~!$&'()*+,;=:@%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    public static void Check(RouteMatch match, string field, FindingList findings)
    {
        CheckPath(match.Path, $"{field}.path", findings);
        if (match.Method is not null && !Methods.Contains(match.Method))
        {
            findings.Error($"{field}.method", Reason.InvalidValue,
                $"'{match.Method}' is not a method that a match can name; use one of "
                    + $"{string.Join(", ", Methods)}.");
        }
        CheckValues(match.Headers, $"{field}.headers", isHeader: true, findings);
        CheckValues(match.QueryParams, $"{field}.queryParams", isHeader: false, findings);
    }

    private static void CheckPath(RoutePathMatch path, string field, FindingList findings)
    {
        if (path.Value.Length > 1024)
            findings.Error($"{field}.value", Reason.InvalidValue, "A path has at most 1,024 characters.");
        if (path.Type == "RegularExpression")
            return;
        if (path.Type is not ("Exact" or "PathPrefix"))
        {
            findings.Error($"{field}.type", Reason.InvalidValue,
                $"'{path.Type}' is not a type of path match; use Exact, PathPrefix or RegularExpression.");
        }
        else if (!path.Value.StartsWith('/'))
            findings.Error($"{field}.value", Reason.InvalidValue, "A path begins with '/'.");
        else if (!IsNormal(path.Value))
        {
            findings.Error($"{field}.value", Reason.InvalidValue,
                "A path has no '//', '/.', '/..' or '%2F': no request keeps them.");
        }
        else if (!HasPathChars(path.Value))
        {
            findings.Error($"{field}.value", Reason.InvalidValue,
                "A path has only characters of RFC 3986; encode others as %XX.");
        }
        else if (path.Type == "PathPrefix" && path.Value.Count('/') > ConfigLimits.PrefixElements)
        {
            findings.Error($"{field}.value", Reason.InvalidValue,
                $"A prefix has at most {ConfigLimits.PrefixElements} elements.");
        }
    }

    private static bool IsNormal(string path) =>
        !path.Contains("//", StringComparison.Ordinal)
        && !path.Contains("/./", StringComparison.Ordinal)
        && !path.Contains("/../", StringComparison.Ordinal)
        && !path.Contains("%2f", StringComparison.OrdinalIgnoreCase)
        && !path.EndsWith("/.", StringComparison.Ordinal)
        && !path.EndsWith("/..", StringComparison.Ordinal);

    private static bool HasPathChars(string path)
    {
        if (path.AsSpan().IndexOfAnyExcept(PathChars) >= 0)
            return false;
        for (int at = path.IndexOf('%', StringComparison.Ordinal); at >= 0;
            at = path.IndexOf('%', at + 1))
        {
            if (at + 2 >= path.Length || !char.IsAsciiHexDigit(path[at + 1])
                || !char.IsAsciiHexDigit(path[at + 2]))
                return false;
        }
        return true;
    }

    private static void CheckValues(
        IReadOnlyList<RouteValueMatch> values, string field, bool isHeader, FindingList findings)
    {
        int bytesMax = isHeader ? ConfigLimits.ValueBytes : 1024;
        if (values.Count > 16)
            findings.Error(field, Reason.InvalidValue, "There are at most 16 of them.");
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i].Type is not ("Exact" or "RegularExpression"))
            {
                findings.Error($"{field}[{i}].type", Reason.InvalidValue,
                    $"'{values[i].Type}' is not a type of match here; use Exact or RegularExpression.");
            }
            if (!Names.IsToken(values[i].Name))
            {
                findings.Error($"{field}[{i}].name", Reason.InvalidValue,
                    "A name has letters, digits and !#$%&'*+-.^_`|~ only.");
            }
            if (values[i].Value.Length == 0 || Encoding.UTF8.GetByteCount(values[i].Value) > bytesMax)
            {
                findings.Error($"{field}[{i}].value", Reason.InvalidValue,
                    $"A value has 1 to {bytesMax} bytes.");
            }
            else if (isHeader && values[i].Type == "Exact" && !Names.IsHeaderValue(values[i].Value))
            {
                findings.Error($"{field}[{i}].value", Reason.InvalidValue,
                    "A header's value has no control characters, and no blank at either end.");
            }
        }
    }
}
