using System.Globalization;
using Microsoft.Extensions.Hosting;
using Serval.Common.Libc;

namespace Serval.CommandLine.Roles;

/// <summary>
/// Takes the program's own pages out of this process once it has started. Starting runs through most of the
/// program, and the kernel maps sixteen pages around each that is touched, so three quarters of what an idle
/// process holds is code and tables that it will not use again (decision 60). What is used comes back from
/// the page cache with a minor fault.
/// </summary>
internal sealed class StartPages : BackgroundService
{
    /// <summary>How long starting may take: the first configuration is live by then, as a rule.</summary>
    private static readonly TimeSpan Started = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Started, stoppingToken);
        GiveBack("/proc/self/smaps", Environment.ProcessPath);
    }

    /// <summary>
    /// Gives back every mapping of this file that has no page of its own: pages that relocation wrote could
    /// not be read again from the file.
    /// </summary>
    /// <param name="mapsPath">As Linux's <c>/proc/PID/smaps</c> (proc_pid_smaps(5)).</param>
    /// <param name="program">The program's file.</param>
    private static void GiveBack(string mapsPath, string? program)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(mapsPath);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return; // no /proc: the pages stay, which costs memory and nothing else
        }
        (nint Start, nint End)? found = null;
        foreach (string line in lines)
        {
            if (Find(line, program) is { } next)
                found = next.End > next.Start ? next : null;
            else if (found is { } mapping && line.StartsWith("Anonymous:", StringComparison.Ordinal)
                && line.EndsWith(" 0 kB", StringComparison.Ordinal))
                MappedPages.GiveBack(mapping.Start, mapping.End);
        }
    }

    // The bounds of a mapping that is not written to and is of this file; an empty one for any other mapping;
    // null where the line begins none.
    private static (nint Start, nint End)? Find(string line, string? program)
    {
        int dash = line.IndexOf('-', StringComparison.Ordinal);
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (dash <= 0 || dash > space
            || !nint.TryParse(line.AsSpan(0, dash), NumberStyles.HexNumber, null, out nint start)
            || !nint.TryParse(line.AsSpan(dash + 1, space - dash - 1), NumberStyles.HexNumber, null,
                out nint end))
            return null;
        bool isOurs = line.AsSpan(space + 1, 2) is "r-" && program is not null
            && line.EndsWith(" " + program, StringComparison.Ordinal);
        return isOurs ? (start, end) : (0, 0);
    }
}
