namespace Serval.CommandLine.Printing;

/// <summary>The lines that two texts do not share, by their longest common subsequence.</summary>
internal static class LineDifference
{
    // Above this many lines the table would take megabytes; all lines are then shown as changed.
    private const int LinesMax = 2_000;

    /// <summary>Lines that were removed, after <c>- </c>, and added, after <c>+ </c>, in order.</summary>
    public static List<string> Between(string[] before, string[] after)
    {
        List<string> lines = [];
        if (before.Length > LinesMax || after.Length > LinesMax)
        {
            lines.AddRange(before.Select(line => $"- {line}"));
            lines.AddRange(after.Select(line => $"+ {line}"));
            return lines;
        }

        int[,] common = CountCommon(before, after);
        int i = 0;
        int j = 0;
        while (i < before.Length || j < after.Length)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                i++;
                j++;
            }
            else if (j == after.Length || (i < before.Length && common[i + 1, j] >= common[i, j + 1]))
                lines.Add($"- {before[i++]}");
            else
                lines.Add($"+ {after[j++]}");
        }
        return lines;
    }

    // How many lines the rests from i and j share.
    private static int[,] CountCommon(string[] before, string[] after)
    {
        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j]
                    ? common[i + 1, j + 1] + 1
                    : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }
        return common;
    }
}
