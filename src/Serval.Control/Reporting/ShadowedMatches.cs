using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>
/// Finds matches that no request reaches, because on every listener and hostname of their route another match
/// comes first that holds whenever they do: the same match of an older or earlier rule, or a regular
/// expression, which comes before prefixes. Pure; looks at every match of a snapshot, for each listener and
/// hostname. Bounds: <see cref="ReportingLimits.ShadowLooksMax"/> of those, else none is looked at;
/// <see cref="ReportingLimits.WideMatchesMax"/>.
/// </summary>
internal static class ShadowedMatches
{
    private const string AnyText = ".*";
    private const string NoRegexCharacters = "/-_~!&=:@%,;\"'<>";
    private static readonly Match EveryPath = new();

    /// <summary>A warning for each, in order of precedence.</summary>
    public static IEnumerable<Finding> Find(Snapshot snapshot)
    {
        HttpRoute[] routes =
        [
            .. snapshot.Routes.OrderBy(route => route.CreatedAtMs)
                .ThenBy(route => route.Name, StringComparer.Ordinal),
        ];
        if (routes.Sum(CostOf) > ReportingLimits.ShadowLooksMax)
        {
            yield return NotLookedFor();
            yield break;
        }
        Dictionary<(string Listener, string Hostname, string Match), Place> first = [];
        Dictionary<(string Listener, string Hostname), List<Place>> wide = [];
        Place[] places = [.. routes.SelectMany(PlacesOf)];
        foreach (Place place in places)
        {
            bool isWide = LiteralOf(place.Match) is not null;
            foreach ((string listener, string hostname) in ScopesOf(place.Route))
            {
                if (!first.TryAdd((listener, hostname, place.Text), place) || !isWide)
                    continue;
                if (!wide.TryGetValue((listener, hostname), out List<Place>? covering))
                    wide.Add((listener, hostname), covering = []);
                if (covering.Count < ReportingLimits.WideMatchesMax)
                    covering.Add(place);
            }
        }
        foreach (Place place in places.Where(place => !place.Rule.IsRefused))
        {
            Place? winner = null;
            foreach ((string listener, string hostname) in ScopesOf(place.Route))
            {
                Place same = first[(listener, hostname, place.Text)];
                Place? here = same != place
                    ? same
                    : wide.GetValueOrDefault((listener, hostname))?.Find(other => Covers(other, place));
                winner ??= here;
                if (here is not null)
                    continue;
                winner = null;
                break;
            }
            if (winner is not null)
                yield return Tell(place, winner);
        }
    }

    // Its matches, once for each listener and hostname that it is attached to.
    private static long CostOf(HttpRoute route) =>
        route.Rules.Sum(rule => Math.Max(1L, rule.Matches.Length))
        * route.Attachments.Sum(attachment => Math.Max(1L, attachment.Hostnames.Length));

    private static Finding NotLookedFor() => new(
        Severity.Notice, $"{Kinds.HttpRoute} *", "spec.rules", Reason.NeverMatches,
        "Matches that no request reaches are not looked for: the routes have, for all their listeners and "
        + $"hostnames together, more than {ReportingLimits.ShadowLooksMax} of them.");

    private static Finding Tell(Place place, Place winner)
    {
        string rule = string.Create(CultureInfo.InvariantCulture, $"rule {winner.RuleIndex} of ");
        string route = winner.Route == place.Route ? "this route" : $"HTTPRoute {winner.Route.Name}";
        string why = winner.Match.Path?.Kind != place.Match.Path?.Kind
            ? $"regular expressions come before prefixes, and '{winner.Match.Path!.Value}' in {rule}{route} "
                + "matches all of its paths"
            : $"{rule}{route} has the same match and comes first";
        return new Finding(
            Severity.Warning, $"{Kinds.HttpRoute} {place.Route.Name}",
            $"spec.rules[{place.RuleIndex}].matches[{place.MatchIndex}]", Reason.NeverMatches,
            $"No request reaches this match: {why}; change or remove one of them.");
    }

    private static IEnumerable<Place> PlacesOf(HttpRoute route)
    {
        for (int i = 0; i < route.Rules.Length; i++)
        {
            HttpRule rule = route.Rules[i];
            if (rule.Matches.IsEmpty && !rule.IsRefused)
                yield return new Place(route, i, 0, EveryPath);
            for (int j = 0; j < rule.Matches.Length; j++)
                yield return new Place(route, i, j, rule.Matches[j]);
        }
    }

    private static IEnumerable<(string Listener, string Hostname)> ScopesOf(HttpRoute route) =>
        route.Attachments.SelectMany(attachment => attachment.Hostnames.IsEmpty
            ? [(attachment.Listener, "")]
            : attachment.Hostnames.Select(hostname => (attachment.Listener, hostname)));

    // Equal for matches that hold for the same requests; the lengths keep values apart.
    private static string TextOf(Match match)
    {
        StringBuilder text = new();
        text.Append(match.Path?.Kind ?? PathMatchKind.Prefix).Append(' ').Append(match.Path?.Value ?? "/");
        text.Append('\n').Append(match.Method);
        foreach (ImmutableArray<ValueMatch> values in (ImmutableArray<ValueMatch>[])
            [match.Headers, match.Query])
        {
            text.Append('\n');
            foreach (ValueMatch value in values.OrderBy(value => value.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{value.Name} {value.IsRegex} ");
                text.Append(CultureInfo.InvariantCulture, $"{value.Value.Length} {value.Value} ");
            }
        }
        return text.ToString();
    }

    // The text that every match of an expression begins with, if anything may follow it; null for others.
    private static string? LiteralOf(Match match)
    {
        if (match.Path is not { Kind: PathMatchKind.Regex, Value: string pattern })
            return null;
        string text = pattern.TrimStart('^').TrimEnd('$');
        if (!text.EndsWith(AnyText, StringComparison.Ordinal))
            return null;
        string literal = text[..^AnyText.Length];
        return literal.All(c => char.IsAsciiLetterOrDigit(c)
            || NoRegexCharacters.Contains(c, StringComparison.Ordinal)) ? literal : null;
    }

    private static bool Covers(Place wide, Place place)
    {
        Match match = place.Match;
        return (match.Path?.Kind ?? PathMatchKind.Prefix) == PathMatchKind.Prefix
            && (match.Path?.Value ?? "/").StartsWith(LiteralOf(wide.Match)!, StringComparison.Ordinal)
            && (wide.Match.Method is null || wide.Match.Method == match.Method)
            && wide.Match.Headers.All(value => match.Headers.Contains(value))
            && wide.Match.Query.All(value => match.Query.Contains(value));
    }

    private sealed record Place(HttpRoute Route, int RuleIndex, int MatchIndex, Match Match)
    {
        public HttpRule Rule => Route.Rules[RuleIndex];

        public string Text { get; } = TextOf(Match);

        // By identity of the route: two may say the same.
        public bool Equals(Place? other) => other is not null && ReferenceEquals(Route, other.Route)
            && RuleIndex == other.RuleIndex && MatchIndex == other.MatchIndex;

        public override int GetHashCode() =>
            HashCode.Combine(Route.Name, RuleIndex, MatchIndex);
    }
}
