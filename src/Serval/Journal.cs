namespace Serval.CommandLine;

/// <summary>
/// Whether journald reads what this process logs: systemd names the socket in <c>JOURNAL_STREAM</c>
/// (systemd.exec(5)).
/// </summary>
internal static class Journal
{
    /// <summary>True when the standard error is that socket and not redirected.</summary>
    public static bool ReadsStandardError
    {
        get
        {
            // DEVICE:INODE; the kernel shows the inode of a socket in the name of its descriptor.
            string? stream = Environment.GetEnvironmentVariable("JOURNAL_STREAM");
            string inode = stream?.Split(':')[^1] ?? "";
            return inode.Length > 0
                && new FileInfo("/proc/self/fd/2").LinkTarget == $"socket:[{inode}]";
        }
    }
}
