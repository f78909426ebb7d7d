using System.Threading.Channels;

namespace Serval.Control.Tests.Watching;

public sealed class WatchTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Translation> _changes = Channel.CreateUnbounded<Translation>();
    private Task _watching = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _folder.Write("etc/gateway.yaml", Objects.ClassAndGateway);
        _folder.Write("etc/a.yaml", Objects.Route("a", "a.example"));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _watching);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_change_is_delivered()
    {
        Start();
        _folder.Write("etc/a.yaml", Objects.Route("a", "b.example"));
        await Expect("b.example");
        _folder.Write("etc/sub/c.yaml", Objects.Route("c", "c.example"));
        await Expect("b.example c.example");
        File.Delete(_folder.PathOf("etc/a.yaml"));
        await Expect("c.example");
    }

    [Fact]
    public async Task A_change_between_loading_and_watching_is_delivered()
    {
        FileProvider provider = new(_folder.PathOf("etc"));
        provider.Load();
        _folder.Write("etc/a.yaml", Objects.Route("a", "b.example"));
        Watch(provider);
        await Expect("b.example");
    }

    [Fact]
    public async Task A_watch_that_nobody_loaded_for_begins_with_what_is_there()
    {
        Watch(new FileProvider(_folder.PathOf("etc")));
        await Expect("a.example");
    }

    [Fact]
    public async Task A_broken_file_keeps_what_it_held()
    {
        Start();
        _folder.Write("etc/a.yaml", "broken: [");
        Translation translation = await Expect("a.example");
        Assert.Contains(translation.Findings, finding => finding.Reason == "LastGoodKept");
    }

    [Fact]
    public async Task A_file_that_is_renamed_over_another_is_read()
    {
        Start();
        _folder.Write("etc/.a.yaml.tmp", Objects.Route("a", "b.example"));
        File.Move(_folder.PathOf("etc/.a.yaml.tmp"), _folder.PathOf("etc/a.yaml"), overwrite: true);
        await Expect("b.example");
    }

    [Fact]
    public async Task A_ConfigMap_that_swaps_its_link_is_read()
    {
        File.Delete(_folder.PathOf("etc/a.yaml"));
        _folder.Write("etc/..1/a.yaml", Objects.Route("a", "a.example"));
        _folder.Write("etc/..2/a.yaml", Objects.Route("a", "b.example"));
        Directory.CreateSymbolicLink(_folder.PathOf("etc/..data"), "..1");
        File.CreateSymbolicLink(_folder.PathOf("etc/a.yaml"), "..data/a.yaml");
        Start();
        Directory.CreateSymbolicLink(_folder.PathOf("etc/..data_tmp"), "..2");
        _folder.Rename("etc/..data_tmp", "etc/..data");
        await Expect("b.example");
    }

    [Fact]
    public async Task A_folder_that_is_deleted_and_created_again_is_read()
    {
        Start();
        Directory.Delete(_folder.PathOf("etc"), recursive: true);
        _folder.Write("etc/gateway.yaml", Objects.ClassAndGateway);
        _folder.Write("etc/b.yaml", Objects.Route("b", "b.example"));
        await Expect("b.example");
        _folder.Write("etc/b.yaml", Objects.Route("b", "c.example"));
        await Expect("c.example");
    }

    [Fact]
    public async Task A_path_that_is_a_link_is_read_anew_when_it_is_swapped()
    {
        _folder.Write("v2/gateway.yaml", Objects.ClassAndGateway);
        _folder.Write("v2/a.yaml", Objects.Route("a", "b.example"));
        Directory.CreateSymbolicLink(_folder.PathOf("current"), "etc");
        Start("current");
        Directory.CreateSymbolicLink(_folder.PathOf("next"), "v2");
        _folder.Rename("next", "current");
        await Expect("b.example");
        _folder.Write("v2/a.yaml", Objects.Route("a", "c.example"));
        await Expect("c.example");
    }

    [Fact]
    public async Task A_single_file_is_watched()
    {
        _folder.Write("one.yaml", Objects.ClassAndGateway + "---\n" + Objects.Route("a", "a.example"));
        Start("one.yaml");
        _folder.Write("tmp", Objects.ClassAndGateway + "---\n" + Objects.Route("a", "b.example"));
        File.Move(_folder.PathOf("tmp"), _folder.PathOf("one.yaml"), overwrite: true);
        await Expect("b.example");
        _folder.Write("one.yaml", Objects.ClassAndGateway + "---\n" + Objects.Route("a", "c.example"));
        await Expect("c.example");
    }

    private void Start(string path = "etc")
    {
        FileProvider provider = new(_folder.PathOf(path));
        Assert.Equal("a.example", provider.Load().Hostnames());
        Watch(provider);
    }

    private void Watch(FileProvider provider) =>
        _watching = provider.WatchAsync(
            (change, token) => _changes.Writer.WriteAsync(change, token).AsTask(), _stop.Token);

    // Intermediate states may be delivered on the way; what counts is where it ends.
    private async Task<Translation> Expect(string hostnames)
    {
        using CancellationTokenSource limit = new(Patience);
        while (true)
        {
            Translation change = await _changes.Reader.ReadAsync(limit.Token);
            if (change.Hostnames() == hostnames)
                return change;
        }
    }
}
