using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks CORS filters.</summary>
internal static class CorsValidator
{
    /// <summary>Checks one filter.</summary>
    public static void Validate(FindingList findings, CorsFilter filter, Subject subject, string field)
    {
        ImmutableArray<string> origins = filter.AllowOrigins.OrEmpty();
        if (findings.RequireCount(
            origins.Length, ConfigLimits.CorsEntries, subject, $"{field}.allowOrigins"))
        {
            for (int i = 0; i < origins.Length; i++)
            {
                bool isOrigin = origins[i] == OriginPattern.Any || OriginPattern.TryParse(origins[i], out _);
                findings.Require(
                    isOrigin, subject, $"{field}.allowOrigins[{i}]", Reasons.InvalidValue,
                    $"\"{origins[i]}\" is not an origin; write * or one like https://*.example.com:8443");
            }
        }

        CheckTokens(
            findings, filter.AllowMethods, ConfigLimits.MethodBytes, subject, $"{field}.allowMethods");
        CheckTokens(
            findings, filter.AllowHeaders, ConfigLimits.ValueNameBytes, subject, $"{field}.allowHeaders");
        CheckTokens(
            findings, filter.ExposeHeaders, ConfigLimits.ValueNameBytes, subject, $"{field}.exposeHeaders");
        findings.Require(
            filter.MaxAgeSeconds >= 1, subject, $"{field}.maxAgeSeconds", Reasons.InvalidValue,
            $"{filter.MaxAgeSeconds} is not a number of seconds; use 1 or more");
    }

    private static void CheckTokens(
        FindingList findings, ImmutableArray<string> list, int bytesMax, Subject subject, string field)
    {
        ImmutableArray<string> entries = list.OrEmpty();
        if (!findings.RequireCount(entries.Length, ConfigLimits.CorsEntries, subject, field))
            return;
        int bytes = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            findings.Require(
                Syntax.IsToken(entries[i], bytesMax), subject, $"{field}[{i}]", Reasons.InvalidValue,
                $"\"{entries[i]}\" is not a name (a token)");
            bytes += (entries[i]?.Length ?? 0) + ", ".Length;
        }

        findings.Require(
            bytes <= ConfigLimits.CorsListBytes, subject, field, Reasons.TooMany,
            $"the entries have {bytes} bytes; use at most {ConfigLimits.CorsListBytes}");
    }
}
