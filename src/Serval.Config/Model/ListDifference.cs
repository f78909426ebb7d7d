using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>What differs between two versions of a list whose items mostly stayed the same objects.</summary>
public static class ListDifference
{
    /// <summary>
    /// Finds what a list has lost and gained. An item that took the place of another with the same name is in
    /// both results. Costs a look at each reference, and at the names of what differs. Where lists are not in
    /// order of names, the results also hold items that are in both lists: who pairs them by name sees that.
    /// </summary>
    /// <param name="before">The list as it was.</param>
    /// <param name="after">The list as it is.</param>
    /// <param name="nameOf">What items are called; unique in each list.</param>
    /// <param name="lost">Receives items of <paramref name="before"/>.</param>
    /// <param name="gained">Receives items of <paramref name="after"/>.</param>
    public static void Find<T>(
        ImmutableArray<T> before, ImmutableArray<T> after, Func<T, string> nameOf, List<T> lost,
        List<T> gained)
        where T : class
    {
        if (before == after) return;
        int left = 0;
        int right = 0;
        while (left < before.Length && right < after.Length)
        {
            if (ReferenceEquals(before[left], after[right]))
            {
                left++;
                right++;
                continue;
            }

            int order = string.CompareOrdinal(nameOf(before[left]), nameOf(after[right]));
            if (order <= 0) lost.Add(before[left++]);
            if (order >= 0) gained.Add(after[right++]);
        }

        lost.AddRange(before.AsSpan()[left..]);
        gained.AddRange(after.AsSpan()[right..]);
    }
}
