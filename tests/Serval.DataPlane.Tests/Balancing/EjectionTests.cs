using System.Net;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Rings;
using RingAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Tests.Balancing;

public sealed class EjectionTests
{
    private const ulong Least = 0;
    private const ulong Most = ulong.MaxValue;

    [Fact]
    public void Failures_in_a_row_eject_and_a_response_between_starts_the_count_anew()
    {
        EndpointState state = default;
        for (int i = 1; i < Limits.EjectionFailures; i++) Assert.False(Fail(ref state));
        Assert.False(Ejection.CountResponse(ref state, state.Epoch));
        for (int i = 1; i < Limits.EjectionFailures; i++) Assert.False(Fail(ref state));
        Assert.True(Fail(ref state));
        Assert.Equal(EndpointHealth.Ejected, state.Health);
    }

    [Fact]
    public void Each_ejection_in_a_row_is_twice_as_long_up_to_the_longest_and_half_is_left_to_chance()
    {
        Assert.Equal(Limits.EjectionMsMin / 2, Ejection.DurationMs(1, Least));
        Assert.Equal(Limits.EjectionMsMin, Ejection.DurationMs(1, Most));
        Assert.Equal(Limits.EjectionMsMin * 2, Ejection.DurationMs(2, Most));
        Assert.Equal(Limits.EjectionMsMin * 8, Ejection.DurationMs(4, Most));
        Assert.Equal(Limits.EjectionMsMax, Ejection.DurationMs(7, Most));
        Assert.Equal(Limits.EjectionMsMax, Ejection.DurationMs(int.MaxValue, Most));
        Assert.Equal(Limits.EjectionMsMax / 2, Ejection.DurationMs(100, Least));
    }

    [Fact]
    public void A_trial_that_fails_ejects_for_longer_and_one_that_answers_brings_back()
    {
        EndpointState state = default;
        long nowMs = 1_000_000;
        for (int i = 0; i < Limits.EjectionFailures; i++) Fail(ref state, nowMs);
        for (int doubling = 1; doubling <= 3; doubling++)
        {
            nowMs = state.EjectedUntilMs;
            state.Health = doubling % 2 == 0 ? EndpointHealth.Dialled : EndpointHealth.OnTrial;
            Assert.True(Fail(ref state, nowMs));
            Assert.Equal(nowMs + (Limits.EjectionMsMin << doubling), state.EjectedUntilMs);
        }

        state.Health = EndpointHealth.OnTrial;
        Assert.True(Ejection.CountResponse(ref state, state.Epoch));
        Assert.Equal((EndpointHealth.Healthy, 0), (state.Health, state.Failures));

        // Soon out again: it goes on where it was. Well for long: it begins anew.
        nowMs = state.EjectedUntilMs + Limits.EjectionMsMax;
        for (int i = 0; i < Limits.EjectionFailures; i++) Fail(ref state, nowMs);
        Assert.Equal(nowMs + (Limits.EjectionMsMin << 4), state.EjectedUntilMs);
        state.Health = EndpointHealth.OnTrial;
        Ejection.CountResponse(ref state, state.Epoch);
        nowMs = state.EjectedUntilMs + Limits.EjectionMsMax + 1;
        for (int i = 0; i < Limits.EjectionFailures; i++) Fail(ref state, nowMs);
        Assert.Equal(nowMs + Limits.EjectionMsMin, state.EjectedUntilMs);
    }

    // Trials are as rare as requests are: a late one says nothing of how well the endpoint was meanwhile.
    [Fact]
    public void A_trial_that_comes_late_and_fails_goes_on_with_the_doubling()
    {
        EndpointState state = default;
        for (int i = 0; i < Limits.EjectionFailures; i++) Fail(ref state);
        state.Health = EndpointHealth.Dialled;
        long nowMs = state.EjectedUntilMs + (2 * Limits.EjectionMsMax);
        Assert.True(Fail(ref state, nowMs));
        Assert.Equal(nowMs + (2 * Limits.EjectionMsMin), state.EjectedUntilMs);
    }

    // A server that shuts down answers what it has begun and refuses what comes new.
    [Fact]
    public void What_is_older_than_the_ejection_neither_prolongs_it_nor_ends_it()
    {
        EndpointState state = default;
        int old = state.Epoch;
        for (int i = 0; i < Limits.EjectionFailures; i++) Fail(ref state, 1_000);
        long untilMs = state.EjectedUntilMs;
        Assert.False(Ejection.CountResponse(ref state, old));
        Assert.False(Ejection.CountFailure(ref state, old, 5_000, Most));
        // Chosen although it is ejected, because too many are: a failure tells nothing new, a response does.
        Assert.False(Ejection.CountFailure(ref state, state.Epoch, 5_000, Most));
        Assert.Equal((EndpointHealth.Ejected, untilMs), (state.Health, state.EjectedUntilMs));
        Assert.True(Ejection.CountResponse(ref state, state.Epoch));
    }

    [Fact]
    public void A_retired_endpoint_is_not_ejected()
    {
        EndpointState state = new() { IsRetired = true };
        for (int i = 0; i < 10; i++) Assert.False(Fail(ref state));
    }

    [Fact]
    public void The_log_says_once_that_an_endpoint_goes_and_once_that_it_is_back()
    {
        EndpointLog log = new();
        EndpointEvent down = Event("10.0.0.7", EndpointEventKind.Ejected, Errno.Connrefused);
        EndpointEvent back = Event("10.0.0.7", EndpointEventKind.Restored);
        EndpointEvent other = Event("fd00::7", EndpointEventKind.Ejected);
        Assert.Equal("Endpoint 10.0.0.7:80 is ejected: ECONNREFUSED (refused); next try in 900 ms",
            log.Take(0, in down));
        Assert.Null(log.Take(1, in down));
        Assert.Equal("Endpoint [fd00::7]:80 is ejected: it closes connections without a response; "
            + "next try in 900 ms", log.Take(1, in other));
        Assert.Null(log.Take(0, in back));
        Assert.Equal("Endpoint 10.0.0.7:80 is back", log.Take(1, in back));
        Assert.Null(log.Take(1, in back));
        // A retired one is forgotten without a word.
        EndpointEvent retired = Event("fd00::7", EndpointEventKind.Retired);
        Assert.Null(log.Take(1, in retired));
        Assert.NotNull(log.Take(0, in other));
    }

    [Fact]
    public void Events_come_in_their_order_and_those_that_find_no_room_are_dropped()
    {
        EndpointEventQueue queue = new();
        Assert.False(queue.TryTake(out _));
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < Limits.EndpointEvents; i++)
                Assert.True(queue.TryPut(new EndpointEvent { Errno = i }));
            Assert.False(queue.TryPut(default));
            for (int i = 0; i < Limits.EndpointEvents; i++)
            {
                Assert.True(queue.TryTake(out EndpointEvent change));
                Assert.Equal(i, change.Errno);
            }
        }
    }

    private static bool Fail(ref EndpointState state, long nowMs = 1_000) =>
        Ejection.CountFailure(ref state, state.Epoch, nowMs, Most);

    private static EndpointEvent Event(string address, EndpointEventKind kind, int errno = 0) => new()
    {
        Address = RingAddress.From(new IPEndPoint(IPAddress.Parse(address), 80)),
        Kind = kind,
        Errno = errno,
        DurationMs = 900,
    };
}
