using System.Diagnostics;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Tmds.Linux;

namespace Serval.Bench.Load.Rivals;

/// <summary>A proxy that was started for one run and is stopped after it.</summary>
internal sealed class RunningProxy : IDisposable
{
    private readonly Process _process;
    private readonly string _directory;
    private volatile string _lastLine = "";

    public RunningProxy(ProxyRecipe recipe, ProxyPlace place, Scenario scenario)
    {
        _directory = place.Directory;
        string[] command = ["-c", $"{place.Cpu}", recipe.Program, .. recipe.Arguments(place, scenario)];
        Command = $"taskset {string.Join(' ', command)}";
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("taskset", command)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        _process.ErrorDataReceived += (_, line) =>
            _lastLine = line.Data is { Length: > 0 } text ? text : _lastLine;
        _process.OutputDataReceived += (_, _) => { };
        StartedNs = EventLoop.Clock();
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    public string Command { get; }

    /// <summary>When it was started, of <see cref="EventLoop.Clock"/>.</summary>
    public long StartedNs { get; }

    public bool IsAlive => !_process.HasExited;

    /// <summary>The last thing it said on its standard error.</summary>
    public string LastLine => _lastLine;

    /// <summary>The process and those that it started.</summary>
    public List<int> Family() => ProcessTimes.Family(_process.Id);

    public void Dispose()
    {
        if (IsAlive)
        {
            _ = LibC.kill(_process.Id, LibC.SIGTERM);
            if (!_process.WaitForExit(3000))
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
