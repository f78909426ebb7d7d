namespace Serval.Integration.Tests.Clients;

/// <summary>How a client ended and what it wrote.</summary>
internal sealed record ClientRun(int ExitCode, string Output, string Errors)
{
    /// <summary>What it wrote; fails unless it ended well.</summary>
    public string Good()
    {
        Assert.True(ExitCode == 0, $"ended with {ExitCode}\n{Output}{Errors}");
        return Output;
    }
}
