using System.Diagnostics;
using Tmds.Linux;

namespace Serval.Testing.ApiServers;

/// <summary>A program that runs beside a test and ends with it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int LinesKept = 200;
    private readonly Process _process;
    private readonly Queue<string> _lines = new();
    private readonly List<(string Text, TaskCompletionSource<string> Found)> _awaited = [];

    public ChildProcess(string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines that it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Waits for a line that was, or will be, written.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lines)
        {
            foreach (string line in _lines)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }
            _awaited.Add((text, found));
        }
        try
        {
            return await found.Task.WaitAsync(Deadline.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No line had '{text}' in:\n{Output}");
        }
    }

    public void Signal(int number)
    {
        if (LibC.kill(_process.Id, number) != 0)
            throw new InvalidOperationException($"Signal {number} reached nobody.");
    }

    public async Task WaitForExitAsync() => await _process.WaitForExitAsync(Deadline.Token());

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept)
                _lines.Dequeue();
            foreach ((string text, TaskCompletionSource<string> found) in _awaited)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    found.TrySetResult(line);
            }
        }
    }
}
