using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Observability;

public sealed class ObservabilityTests
{
    /// <summary>Names of the VPP gateway: a test of the bridge, which has a VPP, holds them.</summary>
    private const string Bridge = "serval_vpp_";

    [PublishedFact]
    public async Task Every_metric_of_dashboards_and_alerts_is_one_that_a_router_or_another_has()
    {
        using RunningRole echo = RunningRole.Start(
            RunningRole.Program, "echo", "--listen", "127.0.0.1:0");
        using RouterScene scene = await RouterScene.StartAsync(
            await echo.FindAsync(@"echo on \S*?(127\.0\.0\.1:\d+)"), RunningRole.Program);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{scene.Port}") };
        _ = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        IReadOnlySet<string> router = MetricNames.OfPage(
            await scene.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
        string[] known = [.. router, .. await GatewayMetricsAsync(), .. ForeignMetrics.All];
        List<string> unknown = [];
        foreach ((string where, string expression) in await MetricNames.ExpressionsAsync())
        {
            string[] names = [.. MetricNames.Of(expression)];
            Assert.NotEmpty(names);
            unknown.AddRange(names.Except(known)
                .Where(name => !name.StartsWith(Bridge, StringComparison.Ordinal))
                .Select(name => $"{where}: {name}"));
        }
        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("sum by (le) (rate(a_b_bucket{c=~\"d_e\"}[5m])) > 0.1", "a_b")]
    [InlineData("a_total / on (x_y) group_left () b_total", "a_total b_total")]
    [InlineData("histogram_quantile(0.99, sum by (le, verb) (rate(a_seconds_bucket[5m])))", "a_seconds")]
    [InlineData("up{job=\"a_b\"} == 0", "up")]
    public void The_names_of_an_expression_are_found(string expression, string names) =>
        Assert.Equal(names.Split(' ').Order(), MetricNames.Of(expression).Order());

    [ToolFact(ChartTool.Builder)]
    public async Task Every_alert_has_a_page_and_every_page_an_alert()
    {
        IReadOnlyList<JsonNode> rules = await MetricNames.RulesAsync();
        string[] names = [.. rules.Select(rule => rule["alert"]!.GetValue<string>())];
        string[] pages = [.. Repository.Files("docs/runbooks", "*.md")
            .Select(Path.GetFileNameWithoutExtension).Where(page => page != "README")!];
        Assert.Equal(names.Order(StringComparer.Ordinal), pages.Order(StringComparer.Ordinal));
        string list = Repository.Read("docs/runbooks/README.md");
        foreach (JsonNode rule in rules)
        {
            string name = rule["alert"]!.GetValue<string>();
            Assert.Equal($"RUNBOOK_URL/{name}.md", rule["annotations"]!["runbook_url"]!.GetValue<string>());
            Assert.NotEmpty(rule["annotations"]!["summary"]!.GetValue<string>());
            Assert.Matches("^(critical|warning)$", rule["labels"]!["severity"]!.GetValue<string>());
            Assert.Contains($"({name}.md)", list, StringComparison.Ordinal);
            Assert.Contains(
                rule["expr"]!.GetValue<string>(), Repository.Read($"docs/runbooks/{name}.md"),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_dashboard_can_be_imported()
    {
        string[] titles = [.. MetricNames.Dashboards.Select(file =>
        {
            JsonNode dashboard = JsonNode.Parse(Repository.Read(file))!;
            JsonNode[] panels = [.. dashboard["panels"]!.AsArray().Select(panel => panel!)];
            Assert.Equal(
                panels.Length, panels.Select(panel => panel["id"]!.GetValue<int>()).Distinct().Count());
            Assert.All(panels, panel =>
                Assert.Equal("${datasource}", panel["datasource"]!["uid"]!.GetValue<string>()));
            return dashboard["title"]!.GetValue<string>();
        })];
        foreach (string title in new[]
        {
            "API Server Performance", "Cilium Network Flows", "Cluster Mesh Status", "Serval / Gateway",
            "Serval / Router", "VPP Overview",
        })
            Assert.Contains(title, titles);
    }

    [ToolFact(ChartTool.Builder)]
    public async Task The_chart_installs_every_dashboard_and_alert()
    {
        IReadOnlyList<Manifest> objects = await ChartTool.ObjectsAsync(
            "--set", "monitoring.dashboards.enabled=true", "--set", "monitoring.rules.enabled=true");
        foreach (string file in MetricNames.Dashboards)
        {
            string name = Path.GetFileName(file);
            Manifest map = objects.Single(made => made.ToString()
                == $"ConfigMap serval-dashboard-{Path.GetFileNameWithoutExtension(file)}");
            Assert.Equal(Repository.Read(file), map.Text("data", name));
        }
        Manifest rules = objects.Single(made => made.Kind == "PrometheusRule");
        string[] urls = [.. rules.At("spec", "groups")!.AsArray()
            .SelectMany(group => group!["rules"]!.AsArray())
            .Select(rule => rule!["annotations"]!["runbook_url"]!.GetValue<string>())];
        Assert.Equal((await MetricNames.RulesAsync()).Count, urls.Length);
        Assert.All(urls, url => Assert.StartsWith("https://", url, StringComparison.Ordinal));
    }

    /// <summary>What a gateway tells of itself, even before it reaches an API server.</summary>
    private static async Task<IReadOnlySet<string>> GatewayMetricsAsync()
    {
        string kubeconfig = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(kubeconfig, """
                apiVersion: v1
                kind: Config
                current-context: none
                clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
                users: [{name: none, user: {token: none}}]
                contexts: [{name: none, context: {cluster: none, user: none}}]
                """);
            using RunningRole gateway = RunningRole.Start(
                RunningRole.Program, "gateway", "--kubeconfig", kubeconfig, "--admin-port=0",
                "--data-plane-url=http://127.0.0.1:1");
            using HttpClient admin = new()
            {
                BaseAddress = new Uri(await gateway.FindAsync(@"admin API on (\S+)")),
            };
            return MetricNames.OfPage(await admin.GetStringAsync(new Uri("/metrics", UriKind.Relative)));
        }
        finally
        {
            File.Delete(kubeconfig);
        }
    }
}
