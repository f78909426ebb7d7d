using System.Diagnostics;

namespace Serval.Testing.ApiServers;

/// <summary>How long a test waits for something that must happen before it fails rather than hangs.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(
        Environment.GetEnvironmentVariable("SERVAL_KUBERNETES_LOAD") is null ? 60 : 600);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>A token that is cancelled when the limit is over.</summary>
    public static CancellationToken Token() => new CancellationTokenSource(Limit).Token;

    /// <summary>Looks until something is so. A failure says what was seen last.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (true)
        {
            T seen = await look();
            if (isSo(seen))
                return seen;
            if (waited.Elapsed > Limit)
                throw new TimeoutException($"After {Limit.TotalSeconds} s it still was: {seen}");
            await Task.Delay(LookAgain);
        }
    }

    /// <summary>The same for what is at hand.</summary>
    public static Task<T> UntilAsync<T>(Func<T> look, Func<T, bool> isSo) =>
        UntilAsync(() => Task.FromResult(look()), isSo);
}
