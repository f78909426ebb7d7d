using System.Diagnostics;

namespace Serval.Delivery.Tests.Harness;

/// <summary>Runs a program to its end, in the root of the repository.</summary>
internal static class Command
{
    /// <summary>Longest run of a program; a test that reaches it fails rather than hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<Answer> RunAsync(string program, params IEnumerable<string> arguments) =>
        await RunAsync(program, arguments, input: null, environment: null);

    public static async Task<Answer> RunAsync(
        string program, IEnumerable<string> arguments, string? input,
        IReadOnlyDictionary<string, string?>? environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return new Answer(process.ExitCode, await output, await errors);
    }

    /// <summary>Where a program of this name is; null where it is not installed.</summary>
    public static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
