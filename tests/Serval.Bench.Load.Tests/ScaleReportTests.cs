using System.Text;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Reporting;
using Serval.Bench.Load.Rivals;
using Serval.Bench.Load.Scaling;

namespace Serval.Bench.Load.Tests;

public class ScaleReportTests
{
    internal static readonly RunResult Result = new()
    {
        Scenario = "test",
        Requests = 1000,
        AskedPerSecond = 0,
        RequestsPerSecond = 1000,
        ProcessorUs = 10,
        P50Us = 100,
        P99Us = 200,
        P999Us = 300,
        MaxUs = 400,
        ResidentMiB = 60,
        PeakMiB = 62,
        AnonymousMiB = 20,
        FileMiB = 30,
        SharedMiB = 10,
        ProxyBusyShare = 1,
        ProxyWaitShare = 0,
        GeneratorIdleShare = 0.5,
        GeneratorWaitShare = 0,
        UpstreamOpened = 0,
        UpstreamOpen = 64,
        Limit = Limit.Proxy,
        FaultCount = 0,
        Faults = "",
    };

    [Fact]
    public void The_table_of_a_growing_load_is_that_of_the_golden()
    {
        ScaleScenario scenario = ScaleScenario.All.First(scale => scale.Name == "scale-endpoints");
        ScaleTable table = TableOf(scenario, "serval", "bare");
        for (int i = 0; i < 3; i++)
        {
            table.Rows[i].Row.Runs.AddRange(
            [
                Result with { ProcessorUs = 10 + i, UpstreamOpen = 64 << i },
                Result with { Lap = 1, ProcessorUs = 11 + i, P99Us = 300, Limit = Limit.Neighbours },
            ]);
        }

        table.Rows[2].Row.Runs[1] = Result with { Lap = 1, Faults = "status 503 ×7", FaultCount = 7 };
        table.Rows[3].Row.Skipped = "skipped: did not start (ended): too many endpoints";
        Golden.Check("scale-endpoints.md", TextOf(table));
    }

    [Fact]
    public void The_table_of_memory_says_which_goals_are_met()
    {
        ScaleScenario scenario = ScaleScenario.All.First(scale => scale.Name == "memory");
        ScaleTable table = TableOf(scenario, "nginx", "serval");
        for (int i = 0; i < table.Rows.Count; i++)
        {
            RunResult run = Result with
            {
                ResidentMiB = 32 + (16 * (i % 3)),
                FirstAnswerMs = 30 + i,
                Limit = Limit.Rate,
            };
            table.Rows[i].Row.Runs.AddRange([run with { FirstAnswerMs = 40 + i }, run with { Lap = 1 }]);
        }

        Golden.Check("memory.md", TextOf(table));
    }

    [Fact]
    public void Swaps_are_counted_in_the_remarks()
    {
        ScaleScenario scenario = ScaleScenario.All.First(scale => scale.Name == "swaps");
        ScaleTable table = TableOf(scenario, "serval");
        table.Rows[0].Row.Runs.Add(Result);
        table.Rows[1].Row.Runs.Add(Result with { ChangesMade = 40, ChangesLive = 39 });
        Assert.Contains("| 40 changes, 39 live |", TextOf(table), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_names_no_path_above_the_repository()
    {
        string root = RepositoryRoot.Find();
        Dictionary<string, string> commands = new() { ["serval"] = $"taskset -c 0 {root}/out/serval run x" };
        string text = Report.Text([], [], [], commands, ["--scenario", "scale"]);
        Assert.DoesNotContain(root, text, StringComparison.Ordinal);
        Assert.Contains("\ntaskset -c 0 out/serval run x\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Scale_scenarios_are_asked_for_one_by_one_or_together()
    {
        string root = RepositoryRoot.Find();
        BenchPlan all = BenchPlan.From(["--scenario", "scale", "keepalive-64", "--seconds", "0.25"], root);
        Assert.Equal(ScaleScenario.All.Select(scale => scale.Name), all.Scales.Select(scale => scale.Name));
        Assert.Equal(["keepalive-64"], all.Scenarios.Select(scenario => scenario.Name));
        Assert.All(
            all.Scales.SelectMany(scale => scale.Steps), step => Assert.Equal(0.25, step.Load.Seconds));

        BenchPlan one = BenchPlan.From(["--scenario", "scale-routes"], root);
        Assert.Equal(["scale-routes"], one.Scales.Select(scale => scale.Name));
        Assert.Empty(one.Scenarios);

        Assert.Empty(BenchPlan.From([], root).Scales);
        FormatException unknown = Assert.Throws<FormatException>(
            () => BenchPlan.From(["--scenario", "scale-moons"], root));
        Assert.Contains("scale-routes", unknown.Message, StringComparison.Ordinal);
    }

    private static ScaleTable TableOf(ScaleScenario scenario, params string[] proxies)
    {
        IReadOnlyList<ProxyRecipe> recipes = ProxyRecipe.All("", "serval");
        ScaleTable table = new(scenario, [.. proxies
            .Select(name => recipes.First(recipe => recipe.Name == name))
            .SelectMany(recipe => scenario.Steps.Select(step => new ScaleRow(step, new Row(recipe)
            {
                Skipped = recipe.NotApplicable(step.Load) ?? "",
            })))]);
        return table;
    }

    private static string TextOf(ScaleTable table)
    {
        StringBuilder text = new();
        ScaleReport.Append(text, table);
        return text.ToString();
    }
}
