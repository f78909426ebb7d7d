using System.Collections.Immutable;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>HTTPCORSFilter to a filter of the model.</summary>
internal static class CorsTranslator
{
    // CRD default.
    private const int MaxAgeSeconds = 5;

    /// <summary>
    /// The filter. What no browser could ever send, or must not be told, is left out with a warning.
    /// </summary>
    public static CorsFilter Translate(CorsPolicy cors, string field, RouteVerdicts verdicts)
    {
        bool hasCredentials = cors.AllowCredentials ?? false;
        if (hasCredentials && cors.ExposeHeaders.Contains("*"))
        {
            verdicts.Warn($"{field}.exposeHeaders", Reason.NoEffect,
                "With credentials * exposes nothing (HTTPCORSFilter); name the headers.");
        }
        return new CorsFilter
        {
            AllowOrigins = Origins(cors.AllowOrigins, $"{field}.allowOrigins", verdicts),
            AllowCredentials = hasCredentials,
            AllowMethods = Entries(cors.AllowMethods, $"{field}.allowMethods", verdicts),
            AllowHeaders = Entries(cors.AllowHeaders, $"{field}.allowHeaders", verdicts),
            ExposeHeaders = Entries(cors.ExposeHeaders, $"{field}.exposeHeaders", verdicts),
            MaxAgeSeconds = cors.MaxAge ?? MaxAgeSeconds,
        };
    }

    private static ImmutableArray<string> Origins(
        IReadOnlyList<string> origins, string field, RouteVerdicts verdicts)
    {
        ImmutableArray<string>.Builder result = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < origins.Count; i++)
        {
            if (origins[i] == OriginPattern.Any || OriginPattern.TryParse(origins[i], out _))
            {
                result.Add(origins[i]);
                continue;
            }
            verdicts.Warn($"{field}[{i}]", Reason.NoEffect,
                $"No origin is like '{origins[i]}': a port is 1 to 65535; correct or remove it.");
        }
        if (result.Count == 0)
        {
            verdicts.Warn(field, Reason.NoEffect,
                "No origin is allowed, so browsers refuse every cross-origin request; name some, or *.");
        }
        return result.ToImmutable();
    }

    private static ImmutableArray<string> Entries(
        IReadOnlyList<string> entries, string field, RouteVerdicts verdicts)
    {
        if (entries.Sum(entry => entry.Length + ", ".Length) > ConfigLimits.CorsListBytes)
        {
            verdicts.Refuse(field, Reason.UnsupportedValue,
                $"The entries are longer than {ConfigLimits.CorsListBytes} bytes together; remove some.");
        }
        return [.. entries];
    }
}
