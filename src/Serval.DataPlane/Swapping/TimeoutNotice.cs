using System.Globalization;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// Says which bounds of the router's still apply to rules that wait for their backends longer than it would.
/// </summary>
internal static class TimeoutNotice
{
    /// <summary>One notice for all such rules of a snapshot; null when there is none.</summary>
    public static Finding? Of(Snapshot snapshot, Timeouts timeouts)
    {
        string? first = null;
        int count = 0;
        foreach (HttpRoute route in snapshot.Routes)
        {
            for (int i = 0; i < route.Rules.Length; i++)
            {
                if (!WaitsLonger(route.Rules[i], timeouts.StreamIdleMs)) continue;
                count++;
                first ??= string.Create(CultureInfo.InvariantCulture, $"{route.Name} rules[{i}]");
            }
        }

        return count == 0 ? null : new Finding(
            Severity.Notice, "Router", "timeouts", "BoundApplies", string.Create(CultureInfo.InvariantCulture,
            $"{count} rules (first: {first}) wait for their backends longer than "
            + $"--stream-idle-timeout, as they "
            + $"say. It still applies to clients: one that neither sends its request nor reads its "
            + $"response for {timeouts.StreamIdleMs} ms is cut off. So is a peer of either side that "
            + $"takes nothing for {timeouts.UnacknowledgedMs} ms."));
    }

    private static bool WaitsLonger(HttpRule rule, int idleMs) =>
        rule.RequestTimeoutMs == HttpRule.NoTimeout || rule.RequestTimeoutMs > idleMs
        || rule.BackendRequestTimeoutMs == HttpRule.NoTimeout || rule.BackendRequestTimeoutMs > idleMs;
}
