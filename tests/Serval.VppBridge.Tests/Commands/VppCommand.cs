using System.Diagnostics;
using Tmds.Linux;

namespace Serval.VppBridge.Tests.Commands;

/// <summary>
/// <c>serval vpp</c> as a process of its own: the published program that SERVAL_PROGRAM names, else what the
/// build left beside the tests.
/// </summary>
internal sealed class VppCommand : IDisposable
{
    private const int SigTerm = 15;
    private static readonly string Program = Environment.GetEnvironmentVariable("SERVAL_PROGRAM")
        ?? Path.Combine(AppContext.BaseDirectory, "serval");
    private readonly Process _process;

    private VppCommand(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts it; <paramref name="server"/> is told by the environment.</summary>
    public static VppCommand Start(string server, params string[] arguments)
    {
        ProcessStartInfo start = new(Program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SERVAL_VPP_SERVER"] = server;
        return new VppCommand(Process.Start(start)!);
    }

    /// <summary>Runs <c>serval vpp</c> to its end.</summary>
    public static async Task<CommandResult> RunAsync(
        string server, IEnumerable<string> arguments, string input = "")
    {
        using VppCommand command = Start(server, ["vpp", .. arguments]);
        try
        {
            await command._process.StandardInput.WriteAsync(input);
            command._process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading.
        }

        return await command.EndAsync();
    }

    public ValueTask<string?> ReadLineAsync(CancellationToken cancel) =>
        _process.StandardOutput.ReadLineAsync(cancel);

    public void Terminate() => Assert.Equal(0, LibC.kill(_process.Id, SigTerm));

    public async Task<CommandResult> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Task<string> output = _process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = _process.StandardError.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        return new CommandResult(_process.ExitCode, await output, await errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
