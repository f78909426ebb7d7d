using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Serval.DataPlane;
using Serval.Integration.Tests.Clients;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests;

/// <summary>The page of metrics of a running router and of a running gateway.</summary>
public sealed class MetricsTests
{
    private const string Document = "docs/metrics.md";
    private const string OpenMetrics = "application/openmetrics-text";

    // Debian's own parser of OpenMetrics, which is strict; then the samples, one on a line.
    private const string Parse = """
        import sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        for family in text_string_to_metric_families(open(sys.argv[1]).read()):
            for sample in family.samples:
                print(family.type, family.unit, sample.name, sorted(sample.labels.items()), sample.value)
        """;

    [Fact]
    public async Task Each_cluster_has_its_requests_latencies_connects_and_endpoints()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        int nobody = Ports.Free();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "up") + Objects.Rule("/down", "down"))
            + Objects.Service("up", ("127.0.0.1", upstream.Port))
            + Objects.Service("down", ("127.0.0.1", nobody)));
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
        Assert.Equal(200, (await router.GetAsync("/b")).Status);
        Assert.Equal(503, (await router.GetAsync("/down")).Status);
        // A request is counted once the kernel has its answer: the client may have it a moment earlier.
        string page = await PageAsync(
            router.Admin,
            "\nserval_cluster_requests_total{cluster=\"test/up:80\",code_class=\"2xx\"} 2\n",
            "\nserval_cluster_requests_total{cluster=\"test/down:80\",code_class=\"5xx\"} 1\n");
        Assert.Contains("\nserval_cluster_duration_seconds_count{cluster=\"test/up:80\"} 2\n", page,
            StringComparison.Ordinal);
        Assert.Matches("\nserval_cluster_connects_total{cluster=\"test/up:80\"} [12]\n", page);
        Assert.Matches(
            "\nserval_cluster_connect_failures_total{cluster=\"test/down:80\",kind=\"refused\"} [1-9]", page);
        Assert.Contains("\nserval_cluster_requests_in_flight{cluster=\"test/up:80\"} 0\n", page,
            StringComparison.Ordinal);
        Assert.Contains("\nserval_cluster_endpoints{cluster=\"test/down:80\"} 1\n", page,
            StringComparison.Ordinal);
        Assert.DoesNotContain("serval_endpoint_requests_total", page, StringComparison.Ordinal);

        // A cluster that fails often enough has no endpoint that is ready.
        for (int i = 0; !router.Process.LogText.Contains("is ejected", StringComparison.Ordinal); i++)
        {
            Assert.True(i < 10_000, router.Process.LogText);
            await router.GetAsync("/down");
        }
        page = await PageAsync(router.Admin, "serval_cluster_endpoints_ready");
        Assert.Contains("\nserval_cluster_endpoints_ready{cluster=\"test/down:80\"} 0\n", page,
            StringComparison.Ordinal);
        Assert.Contains("\nserval_cluster_endpoints_ready{cluster=\"test/up:80\"} 1\n", page,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_are_counted_where_that_is_asked_for()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "up"))
            + Objects.Service("up", ("127.0.0.1", upstream.Port)), "--endpoint-metrics", "on");
        Assert.Equal(200, (await router.GetAsync("/")).Status);
        string labels = $"endpoint=\"127.0.0.1:{upstream.Port}\",code_class=\"2xx\"";
        await PageAsync(router.Admin, $"serval_endpoint_requests_total{{{labels}}} 1\n");
    }

    [Fact]
    public async Task Endpoints_beyond_the_bound_share_a_series_and_one_within_it_has_its_own()
    {
        await using EchoUpstream within = await EchoUpstream.StartAsync();
        await using EchoUpstream beyond = await EchoUpstream.StartAsync();
        // Endpoints get their series in the order of their clusters' names.
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/a", "a") + Objects.Rule("/b", "b") + Objects.Rule("/c", "c"))
            + Objects.Service("a", ("127.0.0.1", within.Port))
            + Objects.Service("b") + Objects.Slice("b", "b-1", 1, Addresses(0, 600))
            + Objects.Slice("b", "b-2", 1, Addresses(600, Limits.EndpointSeries - 1))
            + Objects.Service("c", ("127.0.0.1", beyond.Port)), "--endpoint-metrics", "on");
        Assert.Equal(200, (await router.GetAsync("/a")).Status);
        Assert.Equal(200, (await router.GetAsync("/c")).Status);
        Assert.Equal(200, (await router.GetAsync("/c")).Status);
        string page = await PageAsync(
            router.Admin,
            "serval_endpoint_requests_total{endpoint=\"_other\",code_class=\"2xx\"} 2\n",
            $"serval_endpoint_requests_total{{endpoint=\"127.0.0.1:{within.Port}\",code_class=\"2xx\"}} 1\n");
        Assert.DoesNotContain($"endpoint=\"127.0.0.1:{beyond.Port}\"", page, StringComparison.Ordinal);
        Assert.Equal(
            Limits.EndpointSeries, Regex.Count(page, @"^serval_endpoint_requests_in_flight\{endpoint=""127\.",
                RegexOptions.Multiline, Deadline.Limit));
    }

    // They are two pools with a slot each.
    [Fact]
    public async Task What_an_endpoint_answers_in_clear_text_and_over_TLS_is_added_up()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/clear", "clear") + Objects.Rule("/secured", "secured"))
            + Objects.Service("clear", ("127.0.0.1", upstream.Port))
            + Objects.Service("secured", ("127.0.0.1", upstream.Port))
            + """
            apiVersion: gateway.networking.k8s.io/v1
            kind: BackendTLSPolicy
            metadata: {name: secured, namespace: test}
            spec:
              targetRefs: [{group: "", kind: Service, name: secured}]
              validation: {wellKnownCACertificates: System, hostname: secured.example}
            """, "--endpoint-metrics", "on");
        Assert.Equal(200, (await router.GetAsync("/clear")).Status);
        // It speaks no TLS.
        Assert.Equal(502, (await router.GetAsync("/secured")).Status);
        string series = $"serval_endpoint_requests_total{{endpoint=\"127.0.0.1:{upstream.Port}\",code_class=";
        await PageAsync(router.Admin, $"{series}\"5xx\"}} 1\n", $"{series}\"2xx\"}} 1\n");
    }

    private static IEnumerable<string> Addresses(int from, int to) =>
        Enumerable.Range(from, to - from).Select(i => $"127.1.{i / 250}.{(i % 250) + 1}");

    [ClientFact("python3", "prometheus_client")]
    public async Task A_strict_parser_reads_the_same_samples_of_a_router_in_both_formats()
    {
        await using EchoUpstream upstream = await EchoUpstream.StartAsync();
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "up"))
            + Objects.Service("up", ("127.0.0.1", upstream.Port)), "--endpoint-metrics", "on");
        Assert.Equal(200, (await router.GetAsync("/")).Status);
        string text = await PageAsync(router.Admin, "serval_cluster_requests_total{");
        string[] samples = await ParseAsync(router.Admin);
        Assert.Contains(samples, line => line.StartsWith(
            "counter  serval_cluster_requests_total [('cluster', 'test/up:80'), ('code_class', '2xx')] 1",
            StringComparison.Ordinal));
        Assert.Contains(samples, line => line.StartsWith(
            "histogram seconds serval_cluster_duration_seconds_count ", StringComparison.Ordinal));
        Assert.Contains(samples, line => line.StartsWith(
            "gauge bytes process_resident_memory_bytes ", StringComparison.Ordinal));
        // Nothing is only in one of them, whatever has been counted meanwhile.
        Assert.Equal(
            Regex.Matches(text, @"^(\w+)\{?.*? \S+$", RegexOptions.Multiline, Deadline.Limit)
                .Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal),
            samples.Select(line => line.Split(' ')[2]).Distinct().Order(StringComparer.Ordinal));
    }

    [ClientFact("python3", "prometheus_client")]
    public async Task A_gateway_has_the_metrics_that_its_document_lists_in_both_formats()
    {
        using Folder folder = new();
        folder.Write("config", Objects.UnreachableCluster);
        await using ServalProcess process = ServalProcess.Start(
            "gateway", "--kubeconfig", Path.Combine(folder.Root, "config"), "--admin", "127.0.0.1:0",
            "--data-plane-url", "http://127.0.0.1:1");
        using HttpClient admin = await RunningRouter.AdminOfAsync(process);
        string text = await PageAsync(admin, "serval_gateway_routers ");
        string all = await File.ReadAllTextAsync(Path.Combine(Repository.Root, Document), Deadline.Token());
        string own = all[all.IndexOf("\n# A gateway\n", StringComparison.Ordinal)..];
        string[] documented =
        [
            .. Regex.Matches(own, @"^\| `(\w+)` \| (\w+) \| [^|]* \| (.*) \|$", RegexOptions.Multiline,
                Deadline.Limit).Select(row => $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]}"),
        ];
        string[] served =
        [
            .. Regex.Matches(text, @"^# HELP (\w+) (.*)\n# TYPE \w+ (\w+)$", RegexOptions.Multiline,
                Deadline.Limit).Select(family => $"{family.Groups[1]} {family.Groups[3]} {family.Groups[2]}"),
        ];
        Assert.True(served.Length > 15, text);
        Assert.Equal(served.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
        string[] samples = await ParseAsync(admin);
        Assert.Equal(
            served.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal),
            samples.Select(line => line.Split(' ')[2]).Order(StringComparer.Ordinal));
        Assert.Matches("\nprocess_resident_memory_bytes [1-9][0-9]{6,}\n", text);
        Assert.Matches("\nserval_build_info\\{version=\"[^\"]+\",role=\"gateway\",", text);
    }

    [ClientFact("python3", "prometheus_client")]
    public async Task The_parser_finds_mistakes()
    {
        using Folder folder = new();
        folder.Write("bad", "# TYPE bad counter\nbad 1\n# EOF\n");
        folder.Write("parse.py", Parse);
        ClientRun run = await ClientTools.RunAsync(
            "python3", Path.Combine(folder.Root, "parse.py"), Path.Combine(folder.Root, "bad"));
        Assert.NotEqual(0, run.ExitCode);
    }

    // A worker may not have recorded yet what its client has already read.
    private static async Task<string> PageAsync(HttpClient admin, params string[] wanted)
    {
        using CancellationTokenSource limit = new(Deadline.Limit);
        while (true)
        {
            string page = await admin.GetStringAsync(new Uri("/metrics", UriKind.Relative), limit.Token);
            if (wanted.All(line => page.Contains(line, StringComparison.Ordinal)))
                return page;
        }
    }

    private static async Task<string[]> ParseAsync(HttpClient admin)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(OpenMetrics));
        using HttpResponseMessage answer = await admin.SendAsync(request, Deadline.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            $"{OpenMetrics}; version=1.0.0; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("Accept", answer.Headers.Vary);
        using Folder folder = new();
        folder.Write("page", await answer.Content.ReadAsStringAsync(Deadline.Token()));
        folder.Write("parse.py", Parse);
        ClientRun run = await ClientTools.RunAsync(
            "python3", Path.Combine(folder.Root, "parse.py"), Path.Combine(folder.Root, "page"));
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
