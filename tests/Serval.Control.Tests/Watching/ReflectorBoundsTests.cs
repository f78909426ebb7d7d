using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Tests.Watching;

/// <summary>
/// More than a reflector takes: the read fails and counts as failed, nothing of it is delivered, and the next
/// one that fits is. And a version that the server no longer has: everything is read anew.
/// </summary>
public sealed class ReflectorBoundsTests
{
    private const string Refusal = """
        {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"BadRequest","code":400}
        """;

    private const string Expired = """
        {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}
        """;

    // A watch has one frame a line.
    private const string End = """{"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1",""" + """
        "metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}
        """ + "\n";

    private const string Bookmark = """
        {"type":"BOOKMARK","object":{"kind":"Service","metadata":{"resourceVersion":"20"}}}
        """ + "\n";

    private const string Object = """{"type":"ADDED","object":{"kind":"Service","apiVersion":"v1",""" + """
        "metadata":{"name":"s#","namespace":"a","uid":"u#","resourceVersion":"5"},"spec":{"ports":[]}}}
        """ + "\n";

    [Fact]
    public async Task A_watch_of_too_many_objects_fails_and_delivers_nothing()
    {
        int watches = 0;
        WatchBatch delivered = await FirstBatchAsync(target =>
        {
            int count = Interlocked.Increment(ref watches) == 1 ? KubernetesLimits.ObjectsMax + 1 : 2;
            return (200, Enumerable.Range(0, count).Select(Added).Append(End));
        }, failuresMin: 1);
        Assert.Equal(2, delivered.Upserts.Length);
    }

    [Fact]
    public async Task A_list_of_too_many_pages_fails_and_delivers_nothing()
    {
        int pages = 0;
        int pagesWithMore = 0;
        WatchBatch delivered = await FirstBatchAsync(target =>
        {
            if (target.Contains("watch=1", StringComparison.Ordinal))
                return (400, [Refusal]);
            // Lists that come after the one that fits have one page each.
            bool isLast = Interlocked.Increment(ref pages) > KubernetesLimits.PagesMax + 1;
            if (!isLast)
                Interlocked.Increment(ref pagesWithMore);
            return (200, [Page(isLast ? "" : "more")]);
        }, failuresMin: 1);
        Assert.Single(delivered.Upserts);
        Assert.Equal(KubernetesLimits.PagesMax + 1, pagesWithMore);
    }

    // Its generation begins with 1 again.
    [Fact]
    public async Task An_object_that_was_created_again_during_an_outage_is_a_change()
    {
        int requests = 0;
        ImmutableArray<WatchBatch> batches = await BatchesAsync(
            ResourceKind.Find(Groups.Gateway, Kinds.HttpRoute)!, count: 2,
            target => Interlocked.Increment(ref requests) switch
            {
                1 => (200, [Route("again", "u1", 4), Route("same", "u2", 5), End]),
                2 => (410, [Expired]),
                3 => (200, [Route("again", "u3", 6), Route("same", "u2", 7), End]),
                _ => (200, []),
            });
        Assert.Equal(
            [("again", false), ("same", true)],
            batches[1].Upserts.Select(found => (found.Key.Name, found.IsUnchanged)));
    }

    [Fact]
    public async Task An_expired_version_is_asked_for_once_more_and_then_the_newest_one_is()
    {
        string[] versions = await VersionsAsync(count: 2, request => request switch
        {
            1 => (200, [Added(1), End]),
            2 or 3 => (410, [Expired]),
            4 => (200, [Added(2), End]),
            _ => (200, []),
        });
        const string All = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
        Assert.Equal([All, "9", $"9{All}", All], versions.Take(4));
    }

    // Once it has read them, the next time is a first time again.
    [Fact]
    public async Task An_expired_version_is_asked_for_at_once_and_one_that_expires_again_after_a_pause()
    {
        int requests = 0;
        List<int> pausedAfter = [];
        await BatchesAsync(
            ResourceKind.Find("", Kinds.Service)!, count: 3,
            target => Interlocked.Increment(ref requests) switch
            {
                2 or 3 or 5 => (410, [Expired]),
                1 or 4 or 6 => (200, [Added(requests), End]),
                _ => (200, []),
            },
            () => pausedAfter.Add(Volatile.Read(ref requests)));
        Assert.Equal([3], pausedAfter);
    }

    // The pages' moment is over after the first: what it held may have been deleted.
    [Fact]
    public async Task A_list_whose_pages_have_expired_is_read_anew_without_what_the_first_of_them_held()
    {
        int lists = 0;
        ImmutableArray<WatchBatch> batches = await BatchesAsync(
            ResourceKind.Find("", Kinds.Service)!, count: 2,
            target => target switch
            {
                _ when target.Contains("sendInitialEvents", StringComparison.Ordinal) => (400, [Refusal]),
                _ when target.Contains("watch=1", StringComparison.Ordinal) => (410, [Expired]),
                _ when target.Contains("continue=", StringComparison.Ordinal) => (410, [Expired]),
                _ => Interlocked.Increment(ref lists) switch
                {
                    1 => (200, [Page("")]),
                    // The second asks from the version that it knows, which has expired as well.
                    2 => (410, [Expired]),
                    3 => (200, [Page("more", "gone")]),
                    _ => (200, [Page("", "new")]),
                },
            });
        Assert.Equal(4, lists);
        Assert.Equal("new", Assert.Single(batches[1].Upserts).Key.Name);
        Assert.Equal("s", Assert.Single(batches[1].Deletes).Name);
    }

    // What others say with them can decide what is served, and the generation does not tell of it.
    [Fact]
    public async Task A_label_or_an_annotation_that_changes_alone_is_a_change()
    {
        int requests = 0;
        ImmutableArray<WatchBatch> batches = await BatchesAsync(
            ResourceKind.Find(Groups.Gateway, Kinds.HttpRoute)!, count: 2,
            target => Interlocked.Increment(ref requests) switch
            {
                1 => (200, [Route("a", "u1", 4), Route("b", "u2", 5), Route("c", "u3", 6), End]),
                2 => (410, [Expired]),
                3 => (200,
                    [
                        Route("a", "u1", 14, "annotations"), Route("b", "u2", 15, "labels"),
                        Route("c", "u3", 16), End,
                    ]),
                _ => (200, []),
            });
        Assert.Equal(
            [("a", false), ("b", false), ("c", true)],
            batches[1].Upserts.Select(found => (found.Key.Name, found.IsUnchanged)));
    }

    [Fact]
    public async Task An_object_that_is_deleted_among_the_first_ones_is_not_delivered()
    {
        ImmutableArray<WatchBatch> batches = await BatchesAsync(
            ResourceKind.Find("", Kinds.Service)!, count: 1,
            target => (200,
                [
                    Added(1), Added(2),
                    Added(1).Replace("ADDED", "DELETED", StringComparison.Ordinal), End,
                ]));
        Assert.Equal("s2", Assert.Single(batches[0].Upserts).Key.Name);
    }

    [Fact]
    public async Task Watches_that_end_at_once_count_only_while_nothing_comes_between()
    {
        string[] versions = await VersionsAsync(count: 3, request => request switch
        {
            1 => (200, [Added(1), End]),
            4 => (200, [Added(2)]),
            6 => (200, [Added(3)]),
            _ => (200, []),
        });
        Assert.Equal(["9", "9", "9", "5", "5"], versions.Skip(1).Take(5));
    }

    [Fact]
    public async Task A_watch_begins_where_the_last_bookmark_was()
    {
        string[] versions = await VersionsAsync(count: 2, request => request switch
        {
            1 => (200, [Added(1), End]),
            2 => (200, [Bookmark]),
            3 => (200, [Added(2)]),
            _ => (200, []),
        });
        Assert.Equal(["9", "20"], versions.Skip(1).Take(2));
    }

    // A list that is empty may be written as nothing.
    [Fact]
    public async Task A_list_without_items_is_a_cluster_without_objects()
    {
        WatchBatch delivered = await FirstBatchAsync(
            target => target.Contains("watch=1", StringComparison.Ordinal)
                ? (400, [Refusal])
                : (200, ["""{"kind":"ServiceList","items":null,"metadata":{"resourceVersion":"7"}}"""]),
            failuresMin: 0);
        Assert.Empty(delivered.Upserts);
        Assert.Equal((true, "7"), (delivered.IsComplete, delivered.Version));
    }

    /// <summary>
    /// The versions that a reflector asks for until it has delivered so many batches, request by request.
    /// </summary>
    private static async Task<string[]> VersionsAsync(
        int count, Func<int, (int Status, IEnumerable<string> Body)> answer)
    {
        ConcurrentQueue<string> versions = [];
        await BatchesAsync(
            ResourceKind.Find("", Kinds.Service)!, count,
            target =>
            {
                versions.Enqueue(target.Split("&resourceVersion=")[1]);
                return answer(versions.Count);
            });
        return [.. versions];
    }

    // On a clock of its own, so that nothing waits for its pauses.
    private static async Task<ImmutableArray<WatchBatch>> BatchesAsync(
        ResourceKind kind, int count, Func<string, (int Status, IEnumerable<string> Body)> answer,
        Action? pausing = null)
    {
        await using ScriptedApi server = new(answer);
        using TempFolder folder = new();
        using ApiClient api = ApiClients.Of(new Uri(server.Address), folder);
        using CancellationTokenSource stop = new();
        List<WatchBatch> batches = [];
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ManualTime time = new();
        Reflector reflector = new(
            api, new WatchScope(kind), keepsStatus: false,
            (batch, _) =>
            {
                batches.Add(batch);
                if (batches.Count == count)
                    all.SetResult();
                return ValueTask.CompletedTask;
            },
            time, new Random(1), NullLogger.Instance);
        Task running = reflector.RunAsync(stop.Token);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
        while (!all.Task.IsCompleted)
        {
            Task<TimeSpan> wait = time.Waits.ReadAsync(limit.Token).AsTask();
            // Longer ones are the deadlines of reads.
            if (await Task.WhenAny(wait, all.Task) == wait
                && await wait is { TotalMilliseconds: < 10 * KubernetesLimits.BackoffMs } pause)
            {
                pausing?.Invoke();
                time.Advance(pause);
            }
        }
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [.. batches.Take(count)];
    }

    private static async Task<WatchBatch> FirstBatchAsync(
        Func<string, (int Status, IEnumerable<string> Body)> answer, int failuresMin)
    {
        await using ScriptedApi server = new(answer);
        using TempFolder folder = new();
        using ApiClient api = ApiClients.Of(new Uri(server.Address), folder);
        using CancellationTokenSource stop = new();
        TaskCompletionSource<WatchBatch> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Reflector reflector = new(
            api, new WatchScope(ResourceKind.Find("", Kinds.Service)!), keepsStatus: false,
            (batch, _) =>
            {
                first.TrySetResult(batch);
                return ValueTask.CompletedTask;
            },
            TimeProvider.System, new Random(1), NullLogger.Instance);
        Task running = reflector.RunAsync(stop.Token);
        WatchBatch batch = await first.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(reflector.Failures >= failuresMin);
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return batch;
    }

    private static string Added(int number) =>
        Object.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Route(string name, string uid, int version, string noted = "x") => $$$"""
        {"type":"ADDED","object":{"kind":"HTTPRoute","metadata":{"name":"{{{name}}}","namespace":"a",
        "uid":"{{{uid}}}","resourceVersion":"{{{version}}}","generation":1,
        "{{{noted}}}":{"example.com/note":"new"} },"spec":{} } }
        """.ReplaceLineEndings("") + "\n";

    private static string Page(string next, string name = "s") => $$$"""
        {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"{{{next}}}"},
        "items":[{"metadata":{"name":"{{{name}}}","namespace":"a","uid":"u-{{{name}}}","resourceVersion":"5"},
        "spec":{"ports":[]}}]}
        """;
}
