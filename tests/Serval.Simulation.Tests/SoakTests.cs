using System.Diagnostics;
using System.Globalization;
using Serval.Simulation.Tests.Running;
using Xunit.Abstractions;

namespace Serval.Simulation.Tests;

/// <summary>
/// Seeds that nobody has played yet, on every core, until the time is over or one of them finds something:
/// <c>make soak SECONDS=600</c>. A seed that has found something joins
/// <see cref="SimulationTests.A_seed_that_has_found_a_mistake_finds_none"/>.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    [SoakFact]
    public void Fresh_seeds_find_no_mistake()
    {
        ulong first = (ulong)Random.Shared.NextInt64();
        long played = 0;
        RunResult? bad = null;
        ulong badSeed = 0;
        Stopwatch clock = Stopwatch.StartNew();
        TimeSpan limit = TimeSpan.FromSeconds(SoakFactAttribute.Seconds);
        Parallel.For(0L, long.MaxValue, (offset, loop) =>
        {
            if (clock.Elapsed > limit)
            {
                loop.Stop();
                return;
            }

            ulong seed = first + (ulong)offset;
            RunResult result = SimulationRun.Execute(seed);
            Interlocked.Increment(ref played);
            bool isGood = result.Violations.Count == 0;
            if (isGood || Interlocked.CompareExchange(ref bad, result, null) is not null) return;
            badSeed = seed;
            loop.Stop();
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{played} seeds from {first}"));
        Assert.True(bad is null, string.Create(CultureInfo.InvariantCulture,
            $"seed {badSeed} (make simulate SEED={badSeed} repeats it):\n")
            + string.Join('\n', bad?.Violations ?? []));
    }
}
