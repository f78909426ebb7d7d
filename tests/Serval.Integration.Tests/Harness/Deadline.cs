namespace Serval.Integration.Tests.Harness;

/// <summary>How long a test waits for something that must happen before it fails rather than hangs.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>A token that is cancelled when the limit is over.</summary>
    public static CancellationToken Token() => new CancellationTokenSource(Limit).Token;
}
