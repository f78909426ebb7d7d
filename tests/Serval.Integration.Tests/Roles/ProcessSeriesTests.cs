using System.Text;
using Prometheus;
using Serval.CommandLine.Roles;
using Serval.Common.Monitoring;

namespace Serval.Integration.Tests.Roles;

/// <summary>What a page tells of a process whose facts come and go.</summary>
public sealed class ProcessSeriesTests
{
    [Fact]
    public async Task A_fact_is_on_the_page_as_long_as_it_can_be_read()
    {
        ProcessFact open = new("process_open_fds", "Open.", IsCounter: false, 7);
        ProcessFact time = new("process_cpu_seconds_total", "Time.", IsCounter: true, 1.5);
        IReadOnlyList<ProcessFact> facts = [open, time];
        CollectorRegistry registry = Metrics.NewCustomRegistry();
        ProcessSeries.AddTo(registry, "gateway", () => facts);
        Assert.Equal(["process_cpu_seconds_total 1.5", "process_open_fds 7"], await PageAsync(registry));
        facts = [];
        Assert.Empty(await PageAsync(registry));
        facts = [open with { Value = 8 }, time with { Value = 2.5 }];
        Assert.Equal(["process_cpu_seconds_total 2.5", "process_open_fds 8"], await PageAsync(registry));
    }

    [Fact]
    public async Task The_page_names_the_build_and_its_role()
    {
        CollectorRegistry registry = Metrics.NewCustomRegistry();
        ProcessSeries.AddTo(registry, "gateway");
        string page = await TextAsync(registry);
        Assert.Contains("serval_build_info{version=", page, StringComparison.Ordinal);
        Assert.Contains("role=\"gateway\"", page, StringComparison.Ordinal);
        Assert.Contains("\nprocess_open_fds ", page, StringComparison.Ordinal);
    }

    private static async Task<string[]> PageAsync(CollectorRegistry registry) =>
    [
        .. (await TextAsync(registry)).Split('\n')
            .Where(line => line.StartsWith("process_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static async Task<string> TextAsync(CollectorRegistry registry)
    {
        using MemoryStream page = new();
        await registry.CollectAndExportAsTextAsync(page);
        return Encoding.UTF8.GetString(page.ToArray());
    }
}
