using System.Net;
using System.Text;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Kubernetes.Watching;
using Serval.Kubernetes.Tests.Harness;

namespace Serval.Kubernetes.Tests.Watching;

[Collection(ApiCollection.Name)]
public sealed class ReflectorTests(ApiFixture fixture) : IAsyncLifetime
{
    private readonly string _space = $"ns-{Guid.NewGuid():N}";
    private ApiServer Server => fixture.Server;

    private string Routes => $"/apis/gateway.networking.k8s.io/v1/namespaces/{_space}/httproutes";

    public Task InitializeAsync() => KubernetesAssets.Missing is null
        ? Server.ApplyAsync(Objects.Namespace(_space))
        : Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;

    [ApiFact]
    public async Task It_begins_with_all_objects_and_follows_their_changes()
    {
        await Server.ApplyAsync(Route("a"));
        await Server.ApplyAsync(Route("b"));
        await using Mirror mirror = Watch(Server.Kubeconfig());
        await mirror.SyncedAsync();
        Assert.Equal([Name("a"), Name("b")], mirror.Names);

        await Server.ApplyAsync(Route("c"));
        await Server.ApplyAsync(Route("a", "changed.example.com"));
        await Server.DeleteAsync($"{Routes}/b");
        await mirror.SeesAsync(Name("a"), Name("c"));
        await Deadline.UntilAsync(
            () => ((HttpRouteResource)mirror.Get(Name("a")).Resource!).Spec.Hostnames[0],
            hostname => hostname == "changed.example.com");
        Assert.Equal(1, mirror.Completions);
        Assert.False(mirror.Reflector.IsListOnly);
    }

    [ApiFact]
    public async Task A_server_that_cannot_stream_all_objects_is_asked_for_lists()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        gate.Refuse = request =>
            request.QueryString.Value!.Contains("sendInitialEvents", StringComparison.Ordinal)
            ? new ApiGate.Refusal(422)
            : null;
        await Server.ApplyAsync(Route("a"));
        await using Mirror mirror = Watch(Server.Kubeconfig(gate.Address));
        await mirror.SyncedAsync();
        Assert.True(mirror.Reflector.IsListOnly);
        await Server.ApplyAsync(Route("b"));
        await mirror.SeesAsync(Name("a"), Name("b"));
        Assert.Equal(1, gate.Count("sendInitialEvents"));
        Assert.Equal(1, gate.Count("resourceVersion=0"));
    }

    [ApiFact]
    public async Task A_cut_watch_goes_on_from_its_last_version_without_another_list()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await Server.ApplyAsync(Route("a"));
        await using Mirror mirror = Watch(Server.Kubeconfig(gate.Address));
        await mirror.SyncedAsync();
        for (int i = 0; i < 3; i++)
        {
            gate.CutAll();
            await Server.ApplyAsync(Route($"b{i}"));
            await Server.DeleteAsync($"{Routes}/b{i}");
            await Server.ApplyAsync(Route($"c{i}"));
            await Deadline.UntilAsync(() => mirror.Names, names => names.Contains(Name($"c{i}")));
        }
        await mirror.SeesAsync(Name("a"), Name("c0"), Name("c1"), Name("c2"));
        Assert.Equal(1, mirror.Completions);
        Assert.Equal(1, gate.Count("sendInitialEvents"));
        Assert.True(mirror.Reflector.Failures >= 3);
    }

    [ApiFact]
    public async Task Refused_reads_remove_nothing()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await Server.ApplyAsync(Route("a"));
        await using Mirror mirror = Watch(Server.Kubeconfig(gate.Address));
        await mirror.SyncedAsync();
        foreach (int status in new[] { 500, 503, 403, 404, 429, 410 })
        {
            long failures = mirror.Reflector.Failures;
            gate.Refuse = _ => new ApiGate.Refusal(status, "", status == 429 ? 1 : null);
            gate.CutAll();
            await Deadline.UntilAsync(() => mirror.Reflector.Failures, now => now >= failures + 2);
            Assert.Empty(mirror.Deleted);
            gate.Refuse = _ => null;
            string name = $"after-{status}";
            await Server.ApplyAsync(Route(name));
            await Deadline.UntilAsync(() => mirror.Names, names => names.Contains(Name(name)));
        }
        Assert.Equal(7, mirror.Names.Count);
        Assert.Empty(mirror.Deleted);
    }

    [ApiFact]
    public async Task A_404_of_a_proxy_is_not_a_cluster_without_the_definition()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        gate.Refuse = _ => new ApiGate.Refusal(404, "404 page not found");
        await Server.ApplyAsync(Route("a"));
        await using Mirror mirror = Watch(Server.Kubeconfig(gate.Address));
        await Deadline.UntilAsync(() => mirror.Reflector.Failures, failures => failures >= 2);
        Assert.False(mirror.Reflector.HasSynced);
        gate.Refuse = _ => null;
        await mirror.SeesAsync(Name("a"));
    }

    [ApiFact]
    public async Task A_kind_without_a_definition_has_no_objects()
    {
        await using Mirror mirror = new(Server.Kubeconfig(), Groups.Gateway, Kinds.TcpRoute);
        await mirror.SyncedAsync();
        Assert.Empty(mirror.Names);
    }

    [ApiFact]
    public async Task An_expired_version_is_listed_anew_and_what_vanished_is_deleted()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await Server.ApplyAsync(Route("a"));
        await Server.ApplyAsync(Route("b"));
        await using Mirror mirror = Watch(Server.Kubeconfig(gate.Address));
        await mirror.SyncedAsync();

        int refused = 0;
        gate.Refuse = request => request.QueryString.Value!.Contains("watch=1", StringComparison.Ordinal)
            && !request.QueryString.Value.Contains("sendInitialEvents", StringComparison.Ordinal)
            && Interlocked.Increment(ref refused) <= 2
            ? new ApiGate.Refusal(410, """{"kind":"Status","code":410,"reason":"Expired"}""")
            : null;
        gate.CutAll();
        await Server.DeleteAsync($"{Routes}/b");
        await Server.ApplyAsync(Route("c"));
        await mirror.SeesAsync(Name("a"), Name("c"));
        await Deadline.UntilAsync(() => mirror.Completions, completions => completions == 2);
        Assert.Equal([Name("b")], mirror.Deleted);
    }

    [ApiTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_that_waits_for_room_is_not_lost_when_everything_is_read_anew(bool isDeleted)
    {
        await Server.ApplyAsync(Route("a"));
        await Server.ApplyAsync(Route("b"));
        await using Mirror mirror = Watch(Server.Kubeconfig());
        await mirror.SyncedAsync();
        TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        mirror.Room = room.Task;
        if (isDeleted)
            await Server.DeleteAsync($"{Routes}/b");
        else
            await Server.ApplyAsync(Route("c"));
        await Deadline.UntilAsync(() => mirror.Waits, waits => waits == 1);
        Task relisted = mirror.Reflector.RelistAsync(Deadline.Token());
        await Deadline.UntilAsync(() => mirror.Waits, waits => waits == 2);
        room.SetResult();
        await relisted;
        await mirror.SeesAsync(isDeleted ? [Name("a")] : [Name("a"), Name("b"), Name("c")]);
    }

    [ApiFact]
    public async Task A_watch_that_has_ended_keeps_nobody_waiting_for_everything_to_be_read_anew()
    {
        Mirror mirror = Watch(Server.Kubeconfig());
        await mirror.DisposeAsync();
        await mirror.Reflector.RelistAsync(Deadline.Token());
    }

    [ApiFact]
    public async Task Lists_come_in_pages_and_an_expired_page_costs_one_whole_list()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await CreateManyAsync(1_100);
        int pages = 0;
        gate.Refuse = request =>
        {
            string query = request.QueryString.Value!;
            if (query.Contains("sendInitialEvents", StringComparison.Ordinal))
                return new ApiGate.Refusal(400);
            return query.Contains("continue=", StringComparison.Ordinal)
                && Interlocked.Increment(ref pages) == 2
                ? new ApiGate.Refusal(410, """{"kind":"Status","code":410,"reason":"Expired"}""")
                : null;
        };
        await using Mirror mirror = new(
            Server.Kubeconfig(gate.Address), Groups.Core, Kinds.Service, _space);
        await mirror.SyncedAsync();
        Assert.Equal(1_100, mirror.Names.Count);
        await mirror.Reflector.RelistAsync(Deadline.Token());
        Assert.Equal(1_100, mirror.Names.Count);
        Assert.Equal(3, gate.Count("limit=500"));
        Assert.Equal(2, pages);
        Assert.Equal(1, gate.Requests.Count(request =>
            request.EndsWith("resourceVersion=", StringComparison.Ordinal)));
        Assert.Empty(mirror.Deleted);
    }

    [ApiFact]
    public async Task Watches_that_end_at_once_are_followed_by_a_list()
    {
        await using ApiGate gate = await ApiGate.StartAsync(Server);
        await Server.ApplyAsync(Route("a"));
        await using Mirror mirror = Watch(Server.Kubeconfig(gate.Address));
        await mirror.SyncedAsync();
        gate.Refuse = request =>
            request.QueryString.Value!.Contains("sendInitialEvents", StringComparison.Ordinal)
            ? null
            : new ApiGate.Refusal(200);
        gate.CutAll();
        await Server.DeleteAsync($"{Routes}/a");
        await Deadline.UntilAsync(() => mirror.Completions, completions => completions >= 2);
        Assert.Equal([Name("a")], mirror.Deleted);
    }

    [Fact]
    public void An_object_that_cannot_be_read_says_which_field()
    {
        ObjectReader reader = new(ResourceKind.Find(Groups.Gateway, Kinds.HttpRoute)!, keepsStatus: false);
        WatchedObject read = reader.Read(new System.Buffers.ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(
            """{"metadata":{"name":"a","namespace":"b"},"spec":{"hostnames":[1]}}""")));
        Assert.Null(read.Resource);
        Assert.Contains("spec.hostnames[0]", read.Fault, StringComparison.Ordinal);
    }

    [ApiFact]
    public async Task One_object_is_watched_by_its_name()
    {
        await Server.ApplyAsync(Objects.Service("wanted", _space));
        await Server.ApplyAsync(Objects.Service("other", _space));
        await using Mirror mirror = new(Server.Kubeconfig(), Groups.Core, Kinds.Service, _space, "wanted");
        await mirror.SyncedAsync();
        Assert.Equal([Name("wanted")], mirror.Names);
    }

    [ApiFact]
    public async Task A_change_of_the_status_alone_asks_for_nothing_new()
    {
        await Server.ApplyAsync(Route("a"));
        await using Mirror mirror = Watch(Server.Kubeconfig());
        await mirror.SyncedAsync();
        await Server.SendAsync(HttpMethod.Patch, $"{Routes}/a/status",
            """
            {"status":{"parents":[{"parentRef":{"name":"x"},"controllerName":"a.example/b","conditions":[
              {"type":"Accepted","status":"True","reason":"R","message":"",
               "lastTransitionTime":"2026-01-01T00:00:00Z"}
            ]}]}}
            """,
            "application/merge-patch+json");
        await Deadline.UntilAsync(
            () => Encoding.UTF8.GetString(mirror.Get(Name("a")).Status.Span),
            status => status.Contains("a.example/b", StringComparison.Ordinal));
        Assert.True(mirror.Get(Name("a")).IsUnchanged);
        await Server.ApplyAsync(Route("a", "other.example.com"));
        await Deadline.UntilAsync(() => mirror.Get(Name("a")).IsUnchanged, isUnchanged => !isUnchanged);
    }

    private Mirror Watch(string kubeconfig) => new(kubeconfig, Groups.Gateway, Kinds.HttpRoute, _space);

    private string Name(string name) => $"{_space}/{name}";

    private string Route(string name, string hostname = "a.example.com") =>
        Objects.Route(name, _space, hostname, "shop");

    private async Task CreateManyAsync(int count)
    {
        string path = $"/api/v1/namespaces/{_space}/services";
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            (HttpStatusCode status, string body) = await Server.TrySendAsync(HttpMethod.Post, path,
                $$"""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"s{{i}}"},
                 "spec":{"ports":[{"port":80}]} }
                """);
            Assert.True(status == HttpStatusCode.Created, body);
        });
    }
}
