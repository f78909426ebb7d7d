using System.Diagnostics;

namespace Serval.Bench.Load.Tests;

/// <summary>
/// The short form of <c>make siege</c>: as many besiegers, briefly, of the published program with one worker
/// and its default memory. How fast answers come is for the long form; here every one must come.
/// </summary>
public class SiegeTests
{
    [PublishedTheory]
    [InlineData("readers")]
    [InlineData("phones")]
    [InlineData("trickle")]
    [InlineData("pipelines")]
    [InlineData("uploads")]
    [InlineData("one-byte")]
    [InlineData("long-heads")]
    [InlineData("trailers")]
    [InlineData("refusing")]
    [InlineData("resetting")]
    [InlineData("silent")]
    public void A_stranger_is_answered_beside_thousands_who_hold_memory(string kind)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Serval.Bench.Load.dll");
        ProcessStartInfo start = new("dotnet",
        [
            program, "siege", "--quick", "--proxy", "serval", "--kind", kind,
            "--serval", PublishedTheoryAttribute.Program, "--cpu", $"{Environment.ProcessorCount - 1}",
        ])
        {
            RedirectStandardOutput = true,
        };
        using Process siege = Process.Start(start)!;
        string report = siege.StandardOutput.ReadToEnd();
        siege.WaitForExit();
        Assert.True(siege.ExitCode == 0, report);
        Assert.Contains($"| {kind} | serval |", report, StringComparison.Ordinal);
    }
}
