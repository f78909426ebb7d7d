namespace Serval.CommandLine;

/// <summary>What a verb says on the standard error before it gives up with exit code 1.</summary>
internal static class Complaints
{
    /// <summary>A path that is not there.</summary>
    public static Task<int> NoSuchPathAsync(string path) => SayAsync($"{path}: no such file or folder");

    /// <summary>Any other reason.</summary>
    public static async Task<int> SayAsync(string reason)
    {
        await Console.Error.WriteLineAsync($"serval: {reason}");
        return 1;
    }
}
