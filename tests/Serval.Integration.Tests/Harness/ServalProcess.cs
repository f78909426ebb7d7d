using System.Diagnostics;
using System.Text.RegularExpressions;
using Tmds.Linux;

namespace Serval.Integration.Tests.Harness;

/// <summary>The real program as a child process: what it logs, its signals, its exit code.</summary>
internal sealed class ServalProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _waiting = [];
    private readonly Task _reading;

    private ServalProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>
    /// The published program that SERVAL_PROGRAM names, as <c>make test</c> does; else what the build left
    /// beside the tests.
    /// </summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("SERVAL_PROGRAM")
        ?? Path.Combine(AppContext.BaseDirectory, "serval");

    /// <summary>What it wrote to the standard error so far.</summary>
    public string LogText
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public int Id => _process.Id;

    public static ServalProcess Start(params string[] arguments) =>
        StartWith(new Dictionary<string, string>(), arguments);

    /// <summary>The same with a limit of prlimit(1).</summary>
    public static ServalProcess StartLimited(string limit, params string[] arguments)
    {
        ProcessStartInfo start = new("prlimit", [limit, Program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return new ServalProcess(process);
    }

    /// <summary>The same with variables of the environment.</summary>
    public static ServalProcess StartWith(
        IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return new ServalProcess(process);
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        RunWithInputAsync("", arguments);

    /// <summary>The same with something on the standard input.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunWithInputAsync(
        string input, params string[] arguments)
    {
        ProcessStartInfo start = new(Program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(Deadline.Token());
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Waits for a line that was, or will be, logged.</summary>
    public async Task<Match> WaitForLineAsync(string pattern)
    {
        Regex regex = new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        TaskCompletionSource<Match> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            foreach (string line in _lines)
            {
                if (regex.Match(line) is { Success: true } match)
                    return match;
            }
            _waiting.Add((regex, found));
        }
        try
        {
            return await found.Task.WaitAsync(Deadline.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No line matched {pattern} in:\n{LogText}");
        }
    }

    public void Terminate() => Signal(SigTerm);

    /// <summary>Sends a signal by its number (signal(7)).</summary>
    public void Signal(int number) => Assert.Equal(0, LibC.kill(_process.Id, number));

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(Deadline.Token());
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_lines)
            {
                _lines.Add(line);
                foreach ((Regex pattern, TaskCompletionSource<Match> found) in _waiting)
                {
                    if (pattern.Match(line) is { Success: true } match)
                        found.TrySetResult(match);
                }
            }
        }
        lock (_lines)
        {
            foreach ((Regex pattern, TaskCompletionSource<Match> found) in _waiting)
            {
                found.TrySetException(
                    new InvalidOperationException($"It ended before a line matched {pattern}:\n{LogText}"));
            }
        }
    }
}
