using System.Globalization;
using System.Text;
using Serval.Simulation.Tests.Running;
using Xunit.Abstractions;

namespace Serval.Simulation.Tests;

/// <summary>
/// A thousand seeds. One of them again, with its trace: <c>make simulate SEED=n</c>.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Batch = 50;
    private const int LinesShown = 400;

    public static TheoryData<int> Batches()
    {
        TheoryData<int> batches = [];
        for (int first = 0; first < 1_000; first += Batch) batches.Add(first);
        return batches;
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Whatever_happens_every_exchange_is_answered_as_it_may_be(int first)
    {
        StringBuilder failures = new();
        for (int seed = first; seed < first + Batch; seed++)
        {
            RunResult result = SimulationRun.Execute((ulong)seed);
            if (result.Violations.Count == 0) continue;
            failures.Append(CultureInfo.InvariantCulture,
                $"seed {seed} (make simulate SEED={seed} repeats it):\n");
            foreach (string violation in result.Violations) failures.Append("  ").AppendLine(violation);
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [Theory]
    [InlineData(4_624)] // One client's crumbs held every buffer of the worker.
    public void A_seed_that_has_found_a_mistake_finds_none(ulong seed)
    {
        RunResult result = SimulationRun.Execute(seed);
        Assert.True(result.Violations.Count == 0, string.Join('\n', result.Violations));
    }

    [Fact]
    public void One_seed_is_repeated_with_its_trace()
    {
        string? text = Environment.GetEnvironmentVariable("SERVAL_SEED");
        ulong seed = text is null ? 1 : ulong.Parse(text, CultureInfo.InvariantCulture);
        RunResult result = SimulationRun.Execute(seed, keepsTrace: true);
        int first = text is null ? Math.Max(0, result.Trace.Count - LinesShown) : 0;
        for (int i = first; i < result.Trace.Count; i++) output.WriteLine(result.Trace[i]);
        Assert.True(result.Violations.Count == 0, string.Join('\n', result.Violations));
    }

    [Fact]
    public void The_same_seed_does_the_same_again()
    {
        for (ulong seed = 0; seed < 40; seed++)
        {
            ulong hash = SimulationRun.Execute(seed).Hash;
            Assert.Equal(hash, SimulationRun.Execute(seed).Hash);
            Assert.NotEqual(hash, SimulationRun.Execute(seed + 1).Hash);
        }
    }
}
