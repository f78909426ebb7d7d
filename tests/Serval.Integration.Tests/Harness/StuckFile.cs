using System.Diagnostics;

namespace Serval.Integration.Tests.Harness;

/// <summary>
/// A file that takes no more than the kernel's pipes hold: a named pipe in its place, which somebody writes
/// to in vain until it is read. What a slow disk does, at the test's command.
/// </summary>
internal sealed class StuckFile : IAsyncDisposable
{
    private readonly Process _reader;

    private StuckFile(Process reader) => _reader = reader;

    /// <summary>Puts it where a file will be written.</summary>
    public static async Task<StuckFile> CreateAsync(string path)
    {
        using (Process make = Process.Start("mkfifo", [path]))
        {
            await make.WaitForExitAsync(Deadline.Token());
            Assert.Equal(0, make.ExitCode);
        }

        // Another process reads it: .NET locks what it opens, and the writer wants it for itself.
        ProcessStartInfo read = new("cat", [path]) { RedirectStandardOutput = true };
        return new StuckFile(Process.Start(read)!);
    }

    /// <summary>Waits until somebody writes; more than the pipes hold then waits for the rest.</summary>
    public async Task WaitForWriterAsync()
    {
        byte[] one = new byte[1];
        Assert.Equal(1, await _reader.StandardOutput.BaseStream.ReadAsync(one, Deadline.Token()));
    }

    /// <summary>Takes everything, as a file does.</summary>
    public async Task ReleaseAsync()
    {
        await _reader.StandardOutput.BaseStream.CopyToAsync(Stream.Null, Deadline.Token());
        await _reader.WaitForExitAsync(Deadline.Token());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_reader.HasExited)
            _reader.Kill();
        await _reader.WaitForExitAsync(CancellationToken.None);
        _reader.Dispose();
    }
}
