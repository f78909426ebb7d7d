using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>What differs between the endpoint sets of two snapshots.</summary>
public static class EndpointSetChanges
{
    /// <summary>
    /// The places of the sets that are not the very ones of before, when both lists are for the same clusters
    /// in the same order; null otherwise. Costs a look at each reference and at the names of what differs.
    /// </summary>
    public static List<int>? FindReplaced(
        ImmutableArray<EndpointSet> before, ImmutableArray<EndpointSet> after)
    {
        if (before.IsDefault || after.IsDefault || before.Length != after.Length) return null;
        List<int> replaced = [];
        for (int i = 0; i < after.Length; i++)
        {
            if (ReferenceEquals(before[i], after[i])) continue;
            if (before[i] is null || after[i] is null
                || !string.Equals(before[i].Cluster, after[i].Cluster, StringComparison.Ordinal))
                return null;
            replaced.Add(i);
        }

        return replaced;
    }
}
