using System.Collections.Immutable;
using System.Text;
using Serval.Config.Model;
using Regex = System.Text.RegularExpressions.Regex;
using RegexOptions = System.Text.RegularExpressions.RegexOptions;

namespace Serval.Config.Tests;

/// <summary>
/// The lookup as the Gateway API words it, without any index: every (hostname, rule, match) that applies,
/// sorted by a
/// comparer written from the text, tested one after the other.
/// </summary>
internal static class Oracle
{
    public static (string Route, int Rule, int Listener, int Prefix)? Find(
        Snapshot snapshot, string address, int port, Request request)
    {
        int listener = ChooseListener(snapshot, address, port, request.Host);
        if (listener < 0)
            return null;
        List<Option> options = [];
        foreach (HttpRoute route in snapshot.Routes)
        {
            foreach (Attachment attachment in route.Attachments)
            {
                if (attachment.Listener != snapshot.Listeners[listener].Name)
                    continue;
                string?[] hostnames = attachment.Hostnames.IsEmpty ? [null] : [.. attachment.Hostnames];
                foreach (string? hostname in hostnames)
                {
                    for (int r = 0; r < route.Rules.Length; r++)
                    {
                        ImmutableArray<Match> matches = route.Rules[r].Matches;
                        if (matches.IsEmpty)
                            matches = [new Match()];
                        for (int m = 0; m < matches.Length; m++)
                            options.Add(new Option(hostname, route, r, m, matches[m]));
                    }
                }
            }
        }

        options.Sort(Compare);
        foreach (Option option in options)
        {
            if (HostMatches(option.Hostname, request.Host) && Matches(option.Match, request))
                return (option.Route.Name, option.Rule, listener, MatchedPrefix(option.Match));
        }

        return ("", -1, listener, 0);
    }

    private static int ChooseListener(Snapshot snapshot, string address, int port, string host)
    {
        int best = -1;
        for (int i = 0; i < snapshot.Listeners.Length; i++)
        {
            Listener listener = snapshot.Listeners[i];
            bool isHere = listener.Port == port
                && (listener.Addresses.IsEmpty ? address == "" : listener.Addresses.Contains(address));
            if (isHere && HostMatches(listener.Hostname, host)
                && (best < 0 || CompareHosts(listener.Hostname, snapshot.Listeners[best].Hostname) < 0))
                best = i;
        }

        return best;
    }

    private static bool HostMatches(string? hostname, string host) =>
        hostname is null || hostname == host
        || (hostname.StartsWith("*.", StringComparison.Ordinal)
            && host.EndsWith(hostname[1..], StringComparison.Ordinal) && host.Length > hostname.Length - 1);

    private static int CompareHosts(string? x, string? y)
    {
        int ExactLength(string? h) =>
            h is null || h.StartsWith("*.", StringComparison.Ordinal) ? 0 : h.Length;
        int byExact = ExactLength(y).CompareTo(ExactLength(x));
        return byExact != 0 ? byExact : (y?.Length ?? 0).CompareTo(x?.Length ?? 0);
    }

    private static int Compare(Option x, Option y)
    {
        int PathRank(PathMatch? p) =>
            p?.Kind switch { PathMatchKind.Exact => 0, PathMatchKind.Regex => 1, _ => 2 };
        int[] keys =
        [
            CompareHosts(x.Hostname, y.Hostname),
            PathRank(x.Match.Path).CompareTo(PathRank(y.Match.Path)),
            RegexLength(y.Match).CompareTo(RegexLength(x.Match)),
            PrefixLength(y.Match).CompareTo(PrefixLength(x.Match)),
            (y.Match.Method is not null).CompareTo(x.Match.Method is not null),
            y.Match.Headers.Length.CompareTo(x.Match.Headers.Length),
            y.Match.Query.Length.CompareTo(x.Match.Query.Length),
            x.Route.CreatedAtMs.CompareTo(y.Route.CreatedAtMs),
            string.CompareOrdinal(x.Route.Name, y.Route.Name),
            x.Rule.CompareTo(y.Rule),
            x.Index.CompareTo(y.Index),
        ];
        foreach (int key in keys)
        {
            if (key != 0)
                return key;
        }

        return 0;
    }

    private static int MatchedPrefix(Match match) =>
        PrefixLength(match) is var length && length < 0 ? 0 : length;

    private static int RegexLength(Match match) =>
        match.Path is { Kind: PathMatchKind.Regex, Value: var pattern } ? pattern.Length : 0;

    private static int PrefixLength(Match match) => match.Path switch
    {
        null => 0,
        { Kind: PathMatchKind.Prefix, Value: var value } =>
            value.EndsWith('/') ? value.Length - 1 : value.Length,
        _ => -1,
    };

    private static bool Matches(Match match, Request request)
    {
        if (!PathMatches(match.Path ?? new PathMatch(PathMatchKind.Prefix, "/"), request.Path))
            return false;
        if (match.Method is not null && match.Method != request.Method)
            return false;
        foreach (ValueMatch header in match.Headers)
        {
            string[] values = [.. request.Headers
                .Where(h => h.Name.Equals(header.Name, StringComparison.OrdinalIgnoreCase))
                .Select(h => h.Value)];
            if (values.Length == 0 || !ValueMatches(header, string.Join(',', values)))
                return false;
        }

        foreach (ValueMatch query in match.Query)
        {
            string? value = null;
            foreach (string pair in request.Query.Split('&'))
            {
                string[] parts = pair.Split('=', 2);
                if (value is null && Decode(parts[0]) == query.Name)
                    value = parts.Length == 2 ? Decode(parts[1]) : "";
            }

            if (value is null || !ValueMatches(query, value))
                return false;
        }

        return true;
    }

    private static bool PathMatches(PathMatch wanted, string path)
    {
        switch (wanted.Kind)
        {
            case PathMatchKind.Exact:
                return path == wanted.Value;
            case PathMatchKind.Regex:
                return FullMatch(wanted.Value, path);
            default:
                string prefix = wanted.Value.EndsWith('/') ? wanted.Value[..^1] : wanted.Value;
                return path.StartsWith('/')
                    && (path == prefix || path.StartsWith(prefix + "/", StringComparison.Ordinal));
        }
    }

    private static bool ValueMatches(ValueMatch match, string value) =>
        match.IsRegex ? FullMatch(match.Value, value) : match.Value == value;

    private static bool FullMatch(string pattern, string text) =>
        Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.NonBacktracking);

    private static string Decode(string text) => Encoding.Latin1.GetString(
        System.Net.WebUtility.UrlDecodeToBytes(Encoding.Latin1.GetBytes(text), 0, text.Length)!);

    private sealed record Option(string? Hostname, HttpRoute Route, int Rule, int Index, Match Match);
}
