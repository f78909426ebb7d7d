using System.Diagnostics;
using System.Text.RegularExpressions;
using Tmds.Linux;

namespace Serval.Delivery.Tests.Harness;

/// <summary>The published program, or one that starts it, as a child process.</summary>
internal sealed class RunningRole : IDisposable
{
    private const int SigTerm = 15;

    /// <summary>How long something that must happen may take before a test fails rather than hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningRole(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program that SERVAL_PROGRAM names, else what <c>make build</c> left.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("SERVAL_PROGRAM")
        ?? Repository.PathOf("out/serval");

    /// <summary>Why tests of the published program are skipped; null where it is.</summary>
    public static string? Missing { get; } = File.Exists(Program)
        ? null
        : "the program is not published; make build publishes it";

    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote so far.</summary>
    public string Log
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public static RunningRole Start(string program, params IEnumerable<string> arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>Waits for a line that was, or will be, written; answers its first group.</summary>
    public async Task<string> FindAsync(string pattern)
    {
        using CancellationTokenSource limit = new(Limit);
        while (true)
        {
            Task changed;
            lock (_lines)
            {
                foreach (string line in _lines)
                {
                    if (Regex.Match(line, pattern, RegexOptions.None, Limit) is { Success: true } match)
                        return match.Groups[1].Value;
                }
                if (_process.HasExited)
                    throw new InvalidOperationException($"It ended before a line had {pattern}:\n{Log}");
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"No line had {pattern}:\n{Log}");
            }
        }
    }

    /// <summary>Asks it to stop.</summary>
    public void Terminate() => Assert.Equal(0, LibC.kill(_process.Id, SigTerm));

    public async Task<int> WaitForExitAsync()
    {
        using CancellationTokenSource limit = new(Limit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        lock (_lines)
        {
            if (line is not null)
                _lines.Add(line);
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
