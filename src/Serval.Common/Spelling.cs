namespace Serval.Common;

/// <summary>Finds what a misspelt name was meant to be.</summary>
public static class Spelling
{
    private const int LettersMax = 64;

    /// <summary>True when the names differ by case or by at most two letters.</summary>
    public static bool IsNear(string known, string written) => DistanceBetween(known, written) <= 2;

    /// <summary>
    /// The known name that is nearest to the written one; null when none is near. Two names that are equally
    /// near: the first.
    /// </summary>
    public static string? FindNearest(IEnumerable<string> known, string written)
    {
        string? nearest = null;
        int least = 3;
        foreach (string name in known)
        {
            int distance = DistanceBetween(name, written);
            if (distance >= least)
                continue;
            (nearest, least) = (name, distance);
        }
        return nearest;
    }

    // Of a short name, two letters are too many.
    private static int DistanceBetween(string known, string written)
    {
        if (string.Equals(known, written, StringComparison.OrdinalIgnoreCase))
            return 0;
        if (known.Length < 2 || written.Length is < 2 or >= LettersMax
            || Math.Abs(known.Length - written.Length) > 2)
            return int.MaxValue;
        int distance = CountEdits(known.ToLowerInvariant(), written.ToLowerInvariant());
        return distance > 1 && Math.Min(known.Length, written.Length) < 4 ? int.MaxValue : distance;
    }

    // Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
    private static int CountEdits(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1];
        int[] last = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                row[j] = Math.Min(substitution, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last) = (last, row);
        }
        return last[^1];
    }
}
