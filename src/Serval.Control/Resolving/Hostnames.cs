using System.Collections.Immutable;

namespace Serval.Control.Resolving;

/// <summary>Hostnames, exact or behind <c>*.</c>, which stands for one or more labels.</summary>
internal static class Hostnames
{
    /// <summary>
    /// The hosts that both a listener and a route want, sorted. Empty means every host of the listener;
    /// default means that there is none in common.
    /// </summary>
    public static ImmutableArray<string> Intersect(string? listener, IReadOnlyList<string> route)
    {
        if (route.Count == 0)
            return [];
        ImmutableArray<string> common =
        [
            .. route.Select(hostname => Narrower(listener, hostname))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
        return common.IsEmpty ? default : common;
    }

    private static string? Narrower(string? listener, string route)
    {
        if (listener is null || listener == route || Covers(listener, route))
            return route;
        return Covers(route, listener) ? listener : null;
    }

    // "*.example.com" covers "a.example.com", "a.b.example.com" and "*.b.example.com", not "example.com".
    private static bool Covers(string wildcard, string hostname) =>
        wildcard.StartsWith("*.", StringComparison.Ordinal)
        && hostname.Length >= wildcard.Length
        && hostname.AsSpan().EndsWith(wildcard.AsSpan(1), StringComparison.Ordinal);
}
