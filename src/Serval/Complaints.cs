namespace Serval.CommandLine;

/// <summary>What a verb says on the standard error before it gives up.</summary>
internal static class Complaints
{
    /// <summary>A path that is not there.</summary>
    public static Task<int> NoSuchPathAsync(string path) =>
        SayAsync($"{path}: no such file or folder", ExitCodes.Usage);

    /// <summary>Any other reason; each of its lines says whose it is.</summary>
    public static async Task<int> SayAsync(string reason, int exitCode = ExitCodes.No)
    {
        foreach (string line in reason.Split('\n'))
            await Console.Error.WriteLineAsync($"serval: {line}");
        return exitCode;
    }
}
