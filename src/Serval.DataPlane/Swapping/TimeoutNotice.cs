using System.Collections.Immutable;
using System.Globalization;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// Says which bounds of the router's still apply to rules that wait for their backends longer than it would.
/// Remembers these rules from one snapshot to the next, so that a change costs what changes.
/// Owner: the publisher. Thread: the publisher's. Bound: the routes of a snapshot.
/// </summary>
/// <param name="timeouts">The router's own.</param>
internal sealed class TimeoutNotice(Timeouts timeouts)
{
    // By route: the first rule that waits longer, and how many do.
    private readonly SortedDictionary<string, (int First, int Count)> _waiting = new(StringComparer.Ordinal);
    private ImmutableArray<HttpRoute> _seen = [];
    private int _count;

    /// <summary>One notice for all such rules of the next snapshot; null when there is none.</summary>
    public Finding? Of(Snapshot snapshot)
    {
        List<HttpRoute> lost = [];
        List<HttpRoute> gained = [];
        ListDifference.Find(_seen, snapshot.Routes, static route => route.Name, lost, gained);
        _seen = snapshot.Routes;
        foreach (HttpRoute route in lost) Forget(route);
        foreach (HttpRoute route in gained) Note(route);
        foreach ((string route, (int first, _)) in _waiting) return Tell(route, first);
        return null;
    }

    private void Forget(HttpRoute route)
    {
        if (_waiting.Remove(route.Name, out (int First, int Count) rules)) _count -= rules.Count;
    }

    private void Note(HttpRoute route)
    {
        int first = -1;
        int count = 0;
        for (int i = 0; i < route.Rules.Length; i++)
        {
            if (!WaitsLonger(route.Rules[i], timeouts.StreamIdleMs)) continue;
            if (count++ == 0) first = i;
        }

        if (count == 0) return;
        _waiting[route.Name] = (first, count);
        _count += count;
    }

    private Finding Tell(string route, int rule)
    {
        string rules = _count == 1
            ? $"A rule ({route} rules[{rule}]) waits"
            : string.Create(
                CultureInfo.InvariantCulture, $"{_count} rules (first: {route} rules[{rule}]) wait");
        return new Finding(
            Severity.Notice, "Router", "timeouts", "BoundApplies", string.Create(CultureInfo.InvariantCulture,
            $"{rules} for backends longer than --stream-idle-timeout, because of its timeouts. The option "
            + $"still applies to clients: Serval cuts off a client that neither sends its request nor reads "
            + $"its response for {timeouts.StreamIdleMs} ms, and a peer of either side that takes nothing "
            + $"for {timeouts.UnacknowledgedMs} ms."));
    }

    private static bool WaitsLonger(HttpRule rule, int idleMs) =>
        rule.RequestTimeoutMs == HttpRule.NoTimeout || rule.RequestTimeoutMs > idleMs
        || rule.BackendRequestTimeoutMs == HttpRule.NoTimeout || rule.BackendRequestTimeoutMs > idleMs;
}
