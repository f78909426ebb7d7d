using System.Globalization;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>CRD rules of HTTPCORSFilter.</summary>
internal static class CorsAdmission
{
    private const int EntriesMax = 64;
    private const int OriginLengthMax = 253;

    private static readonly string[] Methods =
        ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"];

    public static void Check(CorsPolicy? cors, string field, FindingList findings)
    {
        if (cors is null)
            return;
        CheckList(cors.AllowOrigins, isAnyAlone: true, IsOrigin, $"{field}.allowOrigins",
            "An origin is * or one like https://*.example.com:8443.", findings);
        CheckList(cors.AllowMethods, isAnyAlone: true, Methods.Contains, $"{field}.allowMethods",
            $"A method is one of {string.Join(", ", Methods)}.", findings);
        CheckList(cors.AllowHeaders, isAnyAlone: true, IsName, $"{field}.allowHeaders",
            "This is not a valid header name.", findings);
        CheckList(cors.ExposeHeaders, isAnyAlone: false, IsName, $"{field}.exposeHeaders",
            "This is not a valid header name.", findings);
        if (cors.MaxAge < 1)
            findings.Error($"{field}.maxAge", Reason.InvalidValue, "The time is 1 second or more.");
    }

    private static void CheckList(
        IReadOnlyList<string> entries, bool isAnyAlone, Func<string, bool> isValid, string field,
        string rule, FindingList findings)
    {
        if (entries.Count > EntriesMax)
            findings.Error(field, Reason.InvalidValue, $"There are at most {EntriesMax} entries.");
        if (isAnyAlone && entries.Count > 1 && entries.Contains("*"))
            findings.Error(field, Reason.InvalidValue, "Nothing stands beside *; remove the other entries.");
        for (int i = 0; i < entries.Count; i++)
        {
            if (!isValid(entries[i]))
                findings.Error($"{field}[{i}]", Reason.InvalidValue, rule);
        }
        if (entries.Distinct(StringComparer.Ordinal).Count() < entries.Count)
            findings.Error(field, Reason.Duplicate, "An entry stands here twice; remove one.");
    }

    private static bool IsName(string name) => Names.IsToken(name);

    // The pattern of the definition, which takes ports that there are not.
    private static bool IsOrigin(string origin)
    {
        if (origin == "*")
            return true;
        string[] parts = origin.Split("://");
        if (origin.Length > OriginLengthMax || parts.Length != 2 || parts[0] is not ("http" or "https"))
            return false;
        string[] authority = parts[1].Split(':');
        if (authority.Length > 2
            || (authority.Length == 2 && (authority[1].Length > 5 || !IsNumber(authority[1]))))
            return false;
        string host = authority[0];
        if (host == "*")
            return true;
        if (host.StartsWith("*.", StringComparison.Ordinal))
            host = host[2..];
        return host.Split('.').All(label =>
            label.Length > 0 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }

    private static bool IsNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
