using Serval.Control.Files;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Resolving;
using Serval.Control.Store;

namespace Serval.Control.Tests.Incremental;

/// <summary>
/// The full rebuild is the oracle: whatever order and batches changes come in, the result is that of a fresh
/// start with the same objects.
/// </summary>
public sealed class SequenceTests
{
    public static TheoryData<string> Cases => GoldenCase.Names;

    [Theory, MemberData(nameof(Cases))]
    public void Objects_of_a_golden_that_come_and_go_leave_no_trace(string name)
    {
        byte[] input = File.ReadAllBytes(Path.Combine(GoldenCase.Root, name, "input.yaml"));
        Resource[] objects =
        [
            .. FileParser.Parse("input.yaml", input).Objects
                .Select(loaded => loaded.Resource)
                .DistinctBy(resource => resource.Key),
        ];
        for (int seed = 1; seed <= 2; seed++)
            Run(seed, new TranslationOptions(), steps: 12, random => Batch(random, objects));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Random_changes_in_any_batches_give_what_a_fresh_start_gives(int seed)
    {
        Assert.True(AddressPool.TryParse(["192.0.2.0/30"], out AddressPool? pool, out _));
        TranslationOptions options = seed % 2 == 0
            ? new TranslationOptions()
            : new TranslationOptions { Pool = pool };
        Run(seed, options, steps: 60, RandomObjects.Batch);
    }

    private static void Run(
        int seed, TranslationOptions options, int steps, Func<Random, ChangeBatch> next)
    {
        Random random = new(seed);
        Comparison comparison = new(random, options);
        for (int step = 0; step < steps; step++)
        {
            try
            {
                comparison.Step(next(random));
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}, step {step}: {exception}");
            }
        }
    }

    private static ChangeBatch Batch(Random random, Resource[] objects)
    {
        if (objects.Length == 0)
            return new ChangeBatch();
        random.Shuffle(objects);
        int changed = random.Next(1, Math.Min(objects.Length, 6) + 1);
        int removed = random.Next(0, changed);
        return new ChangeBatch
        {
            Deletes = [.. objects.Take(removed).Select(resource => resource.Key)],
            Upserts = [.. objects.Skip(removed).Take(changed)],
        };
    }
}
