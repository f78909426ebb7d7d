using Serval.DataPlane.Balancing;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Balancing;

public sealed class EndpointChoiceTests : IDisposable
{
    private readonly Slab<EndpointState> _states = new(256);
    private RandomBits _random = new(1);

    public void Dispose() => _states.Dispose();

    [Fact]
    public void Equal_endpoints_are_chosen_evenly()
    {
        int[] counts = Count([3, 5, 7, 9, 11], 50_000);
        Assert.All(counts, count => Assert.InRange(count, 9_000, 11_000));
    }

    [Fact]
    public void The_most_loaded_is_never_chosen_and_the_least_loaded_most_often()
    {
        _states[3].InFlight = 9;
        _states[5].InFlight = 4;
        _states[7].InFlight = 1;
        int[] counts = Count([3, 5, 7], 30_000);
        Assert.Equal(0, counts[0]);
        Assert.InRange(counts[2], 19_000, 21_000);
    }

    // With one that has failed elsewhere, the draw is among those that are looked at.
    [Fact]
    public void The_two_that_are_drawn_always_differ()
    {
        _states[3].InFlight = 9;
        Assert.Equal([0, 1_000], Count([3, 5], 1_000));
        Assert.Equal([0, 1_000], Count([3, 5], 1_000, failed: 11));
        Assert.Equal([1_000, 0], Count([5, 3], 1_000, failed: 11));
        int[] counts = Count([3, 5, 7], 30_000, failed: 11);
        Assert.Equal(0, counts[0]);
        Assert.InRange(counts[1], 14_000, 16_000);
    }

    // One that fails at once has nothing in flight: without more it would be the less loaded of every two.
    [Fact]
    public void The_one_that_failed_is_avoided_although_it_is_less_busy()
    {
        foreach (int endpoint in (int[])[3, 7]) _states[endpoint].InFlight = 50;
        Assert.Equal(0, Count([3, 5, 7], 10_000, failed: 5)[1]);
        Assert.Equal([1_000, 0], Count([3, 5], 1_000, failed: 5));
        // Both that have failed, whichever failed last.
        Assert.Equal([0, 0, 1_000], Count([5, 9, 7], 1_000, failed: 9, failedBefore: 5));
        Assert.Equal([1_000], Count([3], 1_000, failed: 3));
    }

    [Fact]
    public void An_ejected_endpoint_is_not_chosen_while_enough_others_are_left()
    {
        int[] endpoints = [.. Enumerable.Range(0, 10)];
        for (int endpoint = 0; endpoint < 7; endpoint++) Eject(endpoint, untilMs: 1_000);
        int[] counts = Count(endpoints, 10_000);
        Assert.All(counts[..7], count => Assert.Equal(0, count));
        Assert.All(counts[7..], count => Assert.InRange(count, 2_900, 3_800));
    }

    [Fact]
    public void Where_too_many_are_ejected_all_are_chosen()
    {
        int[] endpoints = [.. Enumerable.Range(0, 10)];
        for (int endpoint = 0; endpoint < 8; endpoint++) Eject(endpoint, untilMs: 1_000);
        // The two that are well are preferred while they are not much busier.
        Assert.InRange(Count(endpoints, 10_000)[9], 1_700, 2_100);
        _states[8].InFlight = _states[9].InFlight = Limits.EjectedLoad;
        Assert.All(Count(endpoints, 10_000), count => Assert.InRange(count, 800, 1_200));
        // The only one there is.
        Assert.Equal([100], Count([0], 100));
    }

    [Fact]
    public void An_ejected_one_is_tried_rather_than_one_that_has_just_refused()
    {
        Eject(5, untilMs: 1_000);
        Assert.Equal([0, 1_000], Count([3, 5], 1_000, failed: 3));
        // A kept connection that had ended says little: its endpoint is tried again.
        Assert.Equal([1_000, 0], Count([3, 5], 1_000, failed: 3, mayReturn: true));
        // Not where it is ejected too.
        Eject(3, untilMs: 1_000);
        Assert.Equal([0, 1_000], Count([3, 5], 1_000, failed: 3, mayReturn: true));
    }

    [Theory]
    [InlineData(EndpointHealth.Ejected)]
    [InlineData(EndpointHealth.Dialled)]
    internal void One_that_is_out_and_used_all_the_same_counts_as_a_busy_one(EndpointHealth health)
    {
        for (int endpoint = 0; endpoint < 9; endpoint++) _states[endpoint].Health = health;
        _states[9].InFlight = Limits.EjectedLoad - 1;
        int[] endpoints = [.. Enumerable.Range(0, 10)];
        // Less busy than any of the others, it is chosen whenever it is drawn.
        Assert.InRange(Count(endpoints, 10_000)[9], 1_800, 2_200);
    }

    [Fact]
    public void An_ejected_endpoint_whose_time_is_over_is_due_and_not_yet_chosen()
    {
        Eject(5, untilMs: 1_000);
        Assert.Equal((3, -1), ChooseOne([3, 5], nowMs: 999));
        Assert.Equal((3, 5), ChooseOne([3, 5], nowMs: 1_000));
        _states[5].Health = EndpointHealth.Dialled;
        Assert.Equal((3, -1), ChooseOne([3, 5], nowMs: 1_000));
    }

    [Fact]
    public void On_trial_an_endpoint_takes_one_exchange_at_a_time_that_can_be_sent_again()
    {
        _states[5].Health = EndpointHealth.OnTrial;
        _states[5].EjectedUntilMs = 1_000;
        _states[3].InFlight = 50;
        Assert.Equal(5, ChooseOne([3, 5], nowMs: 1_001, isRepeatable: true).Endpoint);
        Assert.Equal(3, ChooseOne([3, 5], nowMs: 1_001, isRepeatable: false).Endpoint);
        // Where nothing else comes, anything will do.
        long overdueMs = 1_001 + Limits.TrialOverdueMs;
        Assert.Equal(3, ChooseOne([3, 5], overdueMs - 1, isRepeatable: false).Endpoint);
        Assert.Equal(5, ChooseOne([3, 5], overdueMs, isRepeatable: false).Endpoint);
        _states[5].InFlight = 1;
        Assert.Equal(3, ChooseOne([3, 5], overdueMs, isRepeatable: true).Endpoint);
    }

    [Fact]
    public void A_full_endpoint_is_passed_over_and_when_all_are_full_there_is_none()
    {
        _states[3].InFlight = 8;
        Assert.Equal([0, 1_000], Count([3, 5], 1_000, inFlightMax: 8));
        _states[3].InFlight = 7;
        _states[5].InFlight = 9;
        Assert.Equal([1_000, 0], Count([3, 5], 1_000, inFlightMax: 8));
        _states[3].InFlight = 8;
        EndpointChoice choice = new([3, 5], _states) { InFlightMax = 8 };
        Assert.Equal(EndpointChoice.None, choice.Choose(ref _random));
    }

    // Only some of many are looked at; each has its turn all the same.
    [Fact]
    public void Of_many_endpoints_every_healthy_one_is_chosen_beside_ejected_ones()
    {
        int[] endpoints = [.. Enumerable.Range(0, 200)];
        for (int endpoint = 0; endpoint < 200; endpoint += 2) Eject(endpoint, untilMs: 1_000);
        int[] counts = Count(endpoints, 40_000);
        for (int endpoint = 0; endpoint < 200; endpoint++)
        {
            if (endpoint % 2 == 0) Assert.Equal(0, counts[endpoint]);
            else Assert.InRange(counts[endpoint], 200, 700);
        }
    }

    [Fact]
    public void Choosing_allocates_nothing()
    {
        int[] endpoints = [3, 5, 7, 9];
        Eject(9, untilMs: 1_000);
        Assert.True(ChooseMany(endpoints) > 0);
        Assert.Equal(0, Allocations.Least(() => ChooseMany(endpoints)));
    }

    private void Eject(int endpoint, long untilMs)
    {
        _states[endpoint].Health = EndpointHealth.Ejected;
        _states[endpoint].EjectedUntilMs = untilMs;
    }

    private (int Endpoint, int Due) ChooseOne(int[] endpoints, long nowMs, bool isRepeatable = true)
    {
        EndpointChoice choice = new(endpoints, _states) { NowMs = nowMs, IsRepeatable = isRepeatable };
        return (choice.Choose(ref _random), choice.Due);
    }

    private int ChooseMany(int[] endpoints)
    {
        int chosen = 0;
        for (int i = 0; i < 100_000; i++)
        {
            EndpointChoice choice = new(endpoints, _states) { Failed = i % 8 };
            int endpoint = choice.Choose(ref _random);
            _states[endpoint].InFlight = i % 3;
            chosen += endpoint;
        }

        return chosen;
    }

    [Fact]
    public void Where_others_stand_in_only_endpoints_that_are_well_are_used()
    {
        int[] endpoints = [3, 5, 7, 9, 11];
        foreach (int endpoint in endpoints[..4])
            _states[endpoint] = new EndpointState { Health = EndpointHealth.Ejected, EjectedUntilMs = 9_999 };
        for (int i = 0; i < 1_000; i++)
            Assert.Equal(11, new EndpointChoice(endpoints, _states) { HasOthers = true }.Choose(ref _random));
        Assert.NotEqual(1_000, Count(endpoints, 1_000)[4]);
        _states[11].InFlight = 4;
        Assert.Equal(EndpointChoice.Elsewhere,
            new EndpointChoice(endpoints, _states) { HasOthers = true, InFlightMax = 4 }.Choose(ref _random));
        Assert.Equal(EndpointChoice.Elsewhere,
            new EndpointChoice([11], _states) { HasOthers = true, Failed = 11 }.Choose(ref _random));
    }

    private int[] Count(
        int[] endpoints, int draws, int failed = -1, int failedBefore = -1, bool mayReturn = false,
        int inFlightMax = 1_000)
    {
        int[] counts = new int[endpoints.Length];
        for (int i = 0; i < draws; i++)
        {
            EndpointChoice choice = new(endpoints, _states)
            {
                Failed = failed,
                FailedBefore = failedBefore,
                MayReturn = mayReturn,
                InFlightMax = inFlightMax,
            };
            counts[Array.IndexOf(endpoints, choice.Choose(ref _random))]++;
        }

        return counts;
    }
}
