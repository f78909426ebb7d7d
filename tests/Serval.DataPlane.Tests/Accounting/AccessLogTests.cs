using System.Text;
using Serval.DataPlane.Accounting;

namespace Serval.DataPlane.Tests.Accounting;

/// <summary>The writer of access records on files that fail and on those that do not.</summary>
public sealed class AccessLogTests : IDisposable
{
    private const string Line = "{\"status\":200}\n";
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_disk_that_was_full_is_reported_until_a_write_succeeds_and_no_record_is_lost()
    {
        string path = Path.Combine(_folder, "access.log");
        File.CreateSymbolicLink(path, "/dev/full");
        AccessLog log = AccessLog.Open(new AccessLogOptions(path), workers: 1);
        try
        {
            Assert.Null(log.Failure);
            Assert.True(log.Of(0).TryPut(Encoding.ASCII.GetBytes(Line)));
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
            while (log.Failure is null)
            {
                Assert.False(limit.IsCancellationRequested, "no write has failed");
                await Task.Yield();
            }

            File.Delete(path);
            Assert.Null(log.Reopen());
        }
        finally
        {
            log.Dispose();
        }

        Assert.Equal(Line, await File.ReadAllTextAsync(path));
        Assert.Null(log.Failure);
    }
}
