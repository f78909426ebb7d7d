using System.Diagnostics;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>A program of the machine that ran to its end.</summary>
/// <param name="ExitCode">What it returned.</param>
/// <param name="Output">What it wrote, to either place.</param>
internal sealed record ToolRun(int ExitCode, string Output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Runs a program with a text as its input.</summary>
    public static async Task<ToolRun> RunAsync(string program, string input, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended already.
        }

        await process.WaitForExitAsync(limit.Token);
        return new ToolRun(process.ExitCode, await output + await errors);
    }
}
