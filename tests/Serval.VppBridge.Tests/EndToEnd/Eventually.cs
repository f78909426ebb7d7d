namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>Waits for what happens on another thread.</summary>
internal static class Eventually
{
    public static Task BecomesAsync(Func<bool> condition) =>
        BecomesAsync(() => Task.FromResult(condition()));

    public static async Task BecomesAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
            await Task.Delay(5, limit.Token);
    }
}
