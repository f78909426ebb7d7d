using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.CommandLine.Roles;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Roles;

public sealed class LastGoodTests
{
    [Fact]
    public async Task Snapshots_that_come_while_one_is_written_wait_as_one_and_the_newest_is_kept()
    {
        using Folder folder = new();
        LastGood lastGood = new(folder.Root, TimeProvider.System, NullLogger.Instance);
        await using StuckFile stuck = await StuckFile.CreateAsync(
            Path.Combine(folder.Root, "last-good.json.new"));
        using FileSystemWatcher watcher = new(folder.Root) { NotifyFilter = NotifyFilters.FileName };
        Channel<string> renamed = Channel.CreateBounded<string>(64);
        watcher.Renamed += (_, change) => Assert.True(renamed.Writer.TryWrite(change.Name!));
        watcher.EnableRaisingEvents = true;

        lastGood.KeepSoon(Named(1, clusters: 20_000), null);
        await stuck.WaitForWriterAsync();
        for (int version = 2; version <= 10; version++)
            lastGood.KeepSoon(Named(version), new PushTerm(3, version));
        await stuck.ReleaseAsync();
        lastGood.KeepWaiting(); // waits for whoever writes

        KeptSnapshot? kept = lastGood.Find(out ImmutableArray<Finding> findings);
        Assert.Equal("v10", kept?.Snapshot.Version);
        Assert.Equal(new PushTerm(3, 10), kept?.Term);
        Assert.Empty(findings);
        folder.Write("end", "");
        Assert.Equal(2, await CountAsync(renamed.Reader, "last-good.json", until: "end"));
    }

    [Fact]
    public void What_is_kept_at_once_is_not_overtaken_by_what_waited()
    {
        using Folder folder = new();
        LastGood lastGood = new(folder.Root, TimeProvider.System, NullLogger.Instance);
        lastGood.KeepSoon(Named(1), null);
        lastGood.Keep(Named(2), null);
        lastGood.KeepWaiting();
        Assert.Equal("v2", lastGood.Find(out _)?.Snapshot.Version);
    }

    [Fact]
    public async Task Changes_that_follow_one_another_are_kept_after_ten_seconds_and_the_last_after_one()
    {
        using Folder folder = new();
        ManualTime time = new();
        LastGood lastGood = new(folder.Root, time, NullLogger.Instance);
        using FileSystemWatcher watcher = new(folder.Root) { NotifyFilter = NotifyFilters.FileName };
        Channel<string> renamed = Channel.CreateBounded<string>(64);
        watcher.Renamed += (_, change) => Assert.True(renamed.Writer.TryWrite(change.Name!));
        watcher.EnableRaisingEvents = true;
        int version = 1;
        lastGood.KeepSoon(Named(version), null);
        for (int second = 1; second <= 10; second++)
        {
            await time.Waits.ReadAsync(Deadline.Token());
            Assert.Null(lastGood.Find(out _));
            lastGood.KeepSoon(Named(++version), null);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("last-good.json", await renamed.Reader.ReadAsync(Deadline.Token()));
        Assert.Equal("v11", lastGood.Find(out _)?.Snapshot.Version);
        lastGood.KeepSoon(Named(12), null);
        await time.Waits.ReadAsync(Deadline.Token());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("last-good.json", await renamed.Reader.ReadAsync(Deadline.Token()));
        Assert.Equal("v12", lastGood.Find(out _)?.Snapshot.Version);
    }

    [Fact]
    public void Keeping_a_large_snapshot_takes_no_memory_of_its_size()
    {
        using Folder folder = new();
        LastGood lastGood = new(folder.Root, TimeProvider.System, NullLogger.Instance);
        Snapshot large = new()
        {
            Version = "large",
            Clusters =
            [
                .. Enumerable.Range(0, 1_000).Select(i => new Cluster { Name = new string('c', 10_000) + i }),
            ],
        };
        lastGood.Keep(large, null); // what is made once
        long before = GC.GetAllocatedBytesForCurrentThread();
        lastGood.Keep(large, new PushTerm(1, 2));
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 1_000_000);
        Assert.InRange(
            new FileInfo(Path.Combine(folder.Root, "last-good.json")).Length, 10_000_000, long.MaxValue);
        Assert.Equal(new PushTerm(1, 2), lastGood.Find(out _)?.Term);
        Assert.Equal(["last-good.json"], Directory.GetFiles(folder.Root).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_that_takes_nothing_is_a_finding_until_it_takes_something()
    {
        using Folder folder = new();
        folder.Write("file", "");
        string path = Path.Combine(folder.Root, "file");
        LastGood lastGood = new(path, TimeProvider.System, NullLogger.Instance);
        lastGood.Keep(Named(1), null);
        Assert.Equal("NotKept", Assert.Single(lastGood.Findings).Reason);
        File.Delete(path);
        lastGood.Keep(Named(2), null);
        Assert.Empty(lastGood.Findings);
        Assert.Equal("v2", lastGood.Find(out _)?.Snapshot.Version);
    }

    private static Snapshot Named(int version, int clusters = 0) => new()
    {
        Version = string.Create(CultureInfo.InvariantCulture, $"v{version}"),
        Clusters =
        [
            .. Enumerable.Range(0, clusters).Select(i => new Cluster
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"namespace/service-{i}"),
            }),
        ],
    };

    private static async Task<int> CountAsync(ChannelReader<string> names, string name, string until)
    {
        int count = 0;
        while (await names.ReadAsync(Deadline.Token()) is { } next && next != until)
            count += next == name ? 1 : 0;
        return count;
    }
}
