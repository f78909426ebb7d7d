using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.Config.Compiling;

/// <summary>Matches of a route to drafts of candidates, with their predicates.</summary>
internal sealed class MatchCompiler(RouteTables tables, ByteTable bytes, PatternSet patterns)
{
    // Regular expressions of a hostname share a bucket: the longest comes first, whatever else is asked for.
    private const int LengthShift = 17;
    private static readonly Match EveryPath = new();

    /// <summary>Adds the drafts of every rule; <paramref name="idOf"/> gives a rule its id.</summary>
    public void Add(HttpRoute route, Func<int, HttpRule, int> idOf, List<DraftMatch> drafts)
    {
        for (int i = 0; i < route.Rules.OrEmpty().Length; i++)
        {
            HttpRule rule = route.Rules[i];
            int ruleId = idOf(i, rule);
            if (rule.Matches.IsDefaultOrEmpty && !rule.IsRefused)
                drafts.Add(Compile(EveryPath, ruleId));
            foreach (Match match in rule.Matches.OrEmpty())
                drafts.Add(Compile(match, ruleId));
        }
    }

    private DraftMatch Compile(Match match, int ruleId)
    {
        PathMatchKind kind = match.Path?.Kind ?? PathMatchKind.Prefix;
        ReadOnlySpan<char> value = match.Path?.Value ?? "/";
        if (kind == PathMatchKind.Prefix)
            value = PathElements.NormalizePrefix(value);
        Slice path = kind == PathMatchKind.Regex ? default : bytes.Add(value);
        (ulong hash, int elements) = PathElements.Of(tables.Bytes.Slice(path), tables.Hash);
        if (kind == PathMatchKind.Exact)
            tables.ExactBytesMax = Math.Max(tables.ExactBytesMax, path.Count);
        else
            tables.PrefixElementsMax = Math.Max(tables.PrefixElementsMax, elements);
        Candidate candidate = new(ruleId, AddPredicate(match, kind));
        int length = kind == PathMatchKind.Regex ? match.Path!.Value.Length : 0;
        int specificity = (length << LengthShift) | Specificity(match);
        return new DraftMatch(kind, path, hash, elements, specificity, candidate);
    }

    /// <summary>A method outweighs any number of headers, a header any number of query parameters.</summary>
    private static int Specificity(Match match) =>
        ((match.Method is null ? 0 : 1) << 16)
        | (match.Headers.OrEmpty().Length << 8)
        | match.Query.OrEmpty().Length;

    private int AddPredicate(Match match, PathMatchKind kind)
    {
        if (kind != PathMatchKind.Regex && Specificity(match) == 0)
            return -1;
        return tables.Predicates.Add(new Predicate
        {
            PathRegex = kind == PathMatchKind.Regex ? patterns.TryAdd(match.Path!.Value, out _) : -1,
            Method = bytes.Add(match.Method),
            Headers = AddValues(match.Headers.OrEmpty()),
            Query = AddValues(match.Query.OrEmpty()),
        });
    }

    private Slice AddValues(ImmutableArray<ValueMatch> values)
    {
        int start = tables.Values.Count;
        foreach (ValueMatch value in values)
        {
            tables.Values.Add(new ValuePredicate(
                bytes.Add(value.Name),
                value.IsRegex ? default : bytes.Add(value.Value),
                value.IsRegex ? patterns.TryAdd(value.Value, out _) : -1));
        }

        return new Slice(start, values.Length);
    }
}
