using System.Diagnostics;

namespace Serval.VppBridge.Tests.Interop;

/// <summary>gRPC clients that we did not write, installed once by the script when they are missing.</summary>
internal static class ForeignClients
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(3);
    private static readonly Lazy<(string? Folder, string? Reason)> Installed = new(Install);

    /// <summary>Why the clients cannot be had; null when they are there.</summary>
    public static string? MissingReason => Installed.Value.Reason;

    public static string NodeModules => Path.Combine(Installed.Value.Folder!, "node_modules");

    public static async Task<(int ExitCode, string Output)> RunAsync(
        string program, params string[] arguments)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using Process process = Start(program, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{program} did not end within a minute");
        }

        return (process.ExitCode, await output + await error);
    }

    private static (string? Folder, string? Reason) Install()
    {
        try
        {
            using Process process =
                Start("/bin/sh", [Path.Combine(AppContext.BaseDirectory, "install-grpc-clients.sh")]);
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(InstallTimeout))
            {
                process.Kill(entireProcessTree: true);
                return (null, "installing the gRPC clients of other languages took too long");
            }

            return process.ExitCode == 0
                ? (output.Result.Trim().Split('\n')[^1], null)
                : (null, "gRPC clients of other languages cannot be installed: " + error.Result.Trim());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (null, "gRPC clients of other languages cannot be installed: " + e.Message);
        }
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
