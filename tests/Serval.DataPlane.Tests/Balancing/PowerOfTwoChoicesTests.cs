using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Balancing;

public sealed class PowerOfTwoChoicesTests : IDisposable
{
    private readonly Slab<EndpointState> _states = new(16);
    private RandomBits _random = new(1);

    public void Dispose() => _states.Dispose();

    [Fact]
    public void Equal_endpoints_are_chosen_evenly()
    {
        int[] counts = Count([3, 5, 7, 9, 11], failed: -1, draws: 50_000);
        Assert.All(counts, count => Assert.InRange(count, 9_000, 11_000));
    }

    [Fact]
    public void The_most_loaded_is_never_chosen_and_the_least_loaded_most_often()
    {
        _states[3].InFlight = 9;
        _states[5].InFlight = 4;
        _states[7].InFlight = 1;
        int[] counts = Count([3, 5, 7], failed: -1, draws: 30_000);
        Assert.Equal(0, counts[0]);
        Assert.InRange(counts[2], 19_000, 21_000);
    }

    [Fact]
    public void The_one_that_failed_is_avoided_when_there_is_another()
    {
        Assert.Equal(0, Count([3, 5, 7], failed: 5, draws: 10_000)[1]);
        Assert.Equal(1_000, Count([3, 5], failed: 3, draws: 1_000)[1]);
        Assert.Equal(1_000, Count([3], failed: 3, draws: 1_000)[0]);
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        int[] endpoints = [3, 5, 7, 9];
        Assert.True(ChooseMany(endpoints) > 0);
        Assert.Equal(0, Allocations.Least(() => ChooseMany(endpoints)));
    }

    private int ChooseMany(int[] endpoints)
    {
        int chosen = 0;
        for (int i = 0; i < 100_000; i++)
        {
            int choice = PowerOfTwoChoices.Choose(endpoints, _states, i % 8, _random.Next());
            _states[endpoints[choice]].InFlight++;
            chosen += choice;
        }

        return chosen;
    }

    private int[] Count(int[] endpoints, int failed, int draws)
    {
        int[] counts = new int[endpoints.Length];
        for (int i = 0; i < draws; i++)
            counts[PowerOfTwoChoices.Choose(endpoints, _states, failed, _random.Next())]++;
        return counts;
    }
}
