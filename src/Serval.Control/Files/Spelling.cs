namespace Serval.Control.Files;

/// <summary>Finds what a misspelled field name was meant to be.</summary>
internal static class Spelling
{
    /// <summary>True when the names differ by case or by at most two letters.</summary>
    public static bool IsNear(string known, string written)
    {
        if (string.Equals(known, written, StringComparison.OrdinalIgnoreCase))
            return true;
        return known.Length > 3 && written.Length is > 3 and < 64 && Distance(known, written) <= 2;
    }

    // Levenshtein's distance, one row at a time.
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int substitution = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substitution, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
