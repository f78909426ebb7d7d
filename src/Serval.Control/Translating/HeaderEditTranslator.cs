using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>
/// HTTPHeaderFilter to header edits of the model. What frames a message or belongs to one connection stays
/// with Serval (RFC 9110 §7.6.1): such entries are left out with a warning. A request's Host can be set.
/// </summary>
internal static class HeaderEditTranslator
{
    public static HeaderEdits OfRequest(HeaderModifier edits, string field, RouteVerdicts verdicts) =>
        Translate(edits, field, maySetHost: true, verdicts);

    public static HeaderEdits OfResponse(HeaderModifier edits, string field, RouteVerdicts verdicts) =>
        Translate(edits, field, maySetHost: false, verdicts);

    private static HeaderEdits Translate(
        HeaderModifier edits, string field, bool maySetHost, RouteVerdicts verdicts)
    {
        ImmutableArray<string>.Builder removed = ImmutableArray.CreateBuilder<string>();
        for (int i = 0; i < edits.Remove.Count; i++)
        {
            string name = edits.Remove[i];
            if (!removed.Contains(name, StringComparer.OrdinalIgnoreCase)
                && HasEffect(name, $"{field}.remove[{i}]", verdicts))
                removed.Add(name);
        }
        return new HeaderEdits
        {
            Set = Entries(edits.Set, $"{field}.set", maySetHost, verdicts),
            Add = Entries(edits.Add, $"{field}.add", maySetHost: false, verdicts),
            Remove = removed.ToImmutable(),
        };
    }

    // HTTPHeaderFilter: of entries with equivalent names only the first counts.
    private static ImmutableArray<HeaderValue> Entries(
        IReadOnlyList<HeaderEntry> entries, string field, bool maySetHost, RouteVerdicts verdicts)
    {
        ImmutableArray<HeaderValue>.Builder result = ImmutableArray.CreateBuilder<HeaderValue>();
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < entries.Count; i++)
        {
            (string name, string value) = (entries[i].Name, entries[i].Value);
            if (!names.Add(name))
                continue;
            if (maySetHost && HeaderNames.IsHost(name))
            {
                if (!HeaderNames.IsHostValue(value))
                {
                    verdicts.Refuse($"{field}[{i}].value", Reason.UnsupportedValue,
                        $"'{value}' is not a host; write a name or an address, with or without a port.");
                }
            }
            else if (!HasEffect(name, $"{field}[{i}].name", verdicts))
            {
                continue;
            }
            result.Add(new HeaderValue(name, value));
        }
        return result.ToImmutable();
    }

    private static bool HasEffect(string name, string field, RouteVerdicts verdicts)
    {
        if (!HeaderNames.IsProtected(name))
            return true;
        verdicts.Warn(field, Reason.NoEffect, HeaderNames.IsHost(name)
            ? "Filters can only set the Host of a request; this has no effect, remove it."
            : $"Serval frames messages and manages connections itself, so filters cannot change {name}; "
            + "this has no effect, remove it.");
        return false;
    }
}
