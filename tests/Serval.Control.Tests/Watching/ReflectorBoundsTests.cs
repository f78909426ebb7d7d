using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Tests.Watching;

/// <summary>
/// More than a reflector takes: the read fails and counts as failed, nothing of it is delivered, and the next
/// one that fits is.
/// </summary>
public sealed class ReflectorBoundsTests
{
    private const string Refusal = """
        {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"BadRequest","code":400}
        """;

    // A watch has one frame a line.
    private const string End = """{"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1",""" + """
        "metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}
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

    private static async Task<WatchBatch> FirstBatchAsync(
        Func<string, (int Status, IEnumerable<string> Body)> answer, int failuresMin)
    {
        await using ScriptedApi server = new(answer);
        using TempFolder folder = new();
        string kubeconfig = folder.PathOf("kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "{{server.Address}}"} }]
            contexts: [{name: test, context: {cluster: test, user: test} }]
            users: [{name: test, user: {token: secret} }]
            """);
        using ApiClient api = new(ApiConnection.Of(kubeconfig), TimeProvider.System);
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

    private static string Page(string next) => $$$"""
        {"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"{{{next}}}"},
        "items":[{"metadata":{"name":"s","namespace":"a","uid":"u","resourceVersion":"5"},
        "spec":{"ports":[]}}]}
        """;
}
