namespace Serval.Delivery.Tests.Harness;

/// <summary>What a program left.</summary>
internal sealed record Answer(int ExitCode, string Output, string Errors)
{
    /// <summary>The output of a program that succeeded.</summary>
    public string Good => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"exit code {ExitCode}: {Errors}{Output}");
}
