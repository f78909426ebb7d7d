using FsCheck;
using FsCheck.Fluent;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>The wheel against a plain table of deadlines, on virtual time.</summary>
public sealed class TimerWheelTests
{
    private const int Slots = 24;
    private const long HorizonMs = 4_096 * TimerWheel.TickMs;

    // (what, slot, milliseconds): 0-4 set, 5 clear, 6-8 advance, 9 sleep as long as the wheel says.
    private static readonly Gen<(int What, int Slot, int Ms)[]> Steps =
        (from what in Gen.Choose(0, 9)
         from slot in Gen.Choose(0, Slots - 1)
         from ms in Gen.Frequency(
             (4, Gen.Choose(0, 100)), (3, Gen.Choose(0, 3_000)), (1, Gen.Choose(60_000, 300_000)))
         select (what, slot, ms)).ArrayOf(120);

    [Fact]
    public void Deadlines_are_met_never_early_and_at_most_a_tick_late() => Check.One(
        FsCheck.Config.QuickThrowOnFailure.WithMaxTest(400),
        Prop.ForAll(Gen.Choose(0, 1_000_000).SelectMany(start => Steps.Select(steps => (start,
        steps))).ToArbitrary(), run =>
        {
            using TimerWheel wheel = new(Slots, 0);
            Dictionary<int, long> deadlines = [];
            long now = run.start;
            wheel.Start(now);
            foreach ((int what, int slot, int ms) in run.steps)
            {
                if (what <= 4)
                {
                    wheel.Set(slot, now + ms + 1);
                    deadlines[slot] = now + ms + 1;
                }
                else if (what == 5)
                {
                    wheel.Clear(slot);
                    deadlines.Remove(slot);
                }
                else
                {
                    long wait = wheel.UntilNextMs(now, 1_000);
                    AssertNoOversleep(deadlines, now, wait);
                    now += what == 9 ? wait : ms;
                    Expire(wheel, deadlines, now);
                }
            }

            // Whatever is left ends by sleeping alone.
            for (int turns = 0; deadlines.Count > 0; turns++)
            {
                Assert.True(turns < 5_000, "the wheel sleeps past its deadlines");
                now += wheel.UntilNextMs(now, 1_000);
                Expire(wheel, deadlines, now);
            }
        }));

    [Fact]
    public void A_deadline_that_is_put_off_is_met_once()
    {
        using TimerWheel wheel = new(Slots, 0);
        wheel.Start(0);
        wheel.Set(3, 100);
        wheel.Set(3, 5_000);
        Assert.False(wheel.TryExpire(4_999, out _));
        Assert.True(wheel.TryExpire(5_000 + TimerWheel.TickMs, out int slot));
        Assert.Equal(3, slot);
        Assert.False(wheel.TryExpire(20_000, out _));
    }

    [Fact]
    public void A_deadline_that_is_brought_forward_is_met_sooner()
    {
        using TimerWheel wheel = new(Slots, 0);
        wheel.Start(0);
        wheel.Set(3, 5_000);
        wheel.Set(3, 100);
        Assert.True(wheel.TryExpire(100 + TimerWheel.TickMs, out int slot));
        Assert.Equal(3, slot);
    }

    [Fact]
    public void A_deadline_beyond_the_wheel_waits_for_its_round()
    {
        using TimerWheel wheel = new(Slots, 0);
        wheel.Start(0);
        wheel.Set(1, (3 * HorizonMs) + 500);
        for (long now = 0; now < (3 * HorizonMs) + 500; now += 700) Assert.False(wheel.TryExpire(now, out _));
        Assert.True(wheel.TryExpire((3 * HorizonMs) + 500 + TimerWheel.TickMs, out _));
    }

    // It lies behind the hand in the wheel, and nearly a whole round ahead in time.
    [Fact]
    public void A_deadline_nearly_a_round_away_is_seen_from_where_the_wheel_stands()
    {
        using TimerWheel wheel = new(Slots, 0);
        const long now = 10 * TimerWheel.TickMs;
        wheel.Start(now);
        const long deadline = now + HorizonMs - (3 * TimerWheel.TickMs);
        wheel.Set(3, deadline);
        Assert.Equal(deadline - now, wheel.UntilNextMs(now, 10 * HorizonMs));
    }

    [Fact]
    public void Several_of_one_bucket_all_expire()
    {
        using TimerWheel wheel = new(Slots, 0);
        wheel.Start(0);
        for (int slot = 0; slot < Slots; slot++) wheel.Set(slot, 64);
        wheel.Clear(7);
        HashSet<int> expired = [];
        while (wheel.TryExpire(80, out int slot)) Assert.True(expired.Add(slot));
        Assert.Equal(Slots - 1, expired.Count);
        Assert.DoesNotContain(7, expired);
    }

    [Fact]
    public void A_timer_that_was_cleared_can_be_set_again()
    {
        using TimerWheel wheel = new(Slots, 0);
        wheel.Start(0);
        wheel.Set(3, 100);
        wheel.Clear(3);
        Assert.False(wheel.TryExpire(200, out _));
        wheel.SetSooner(3, 500);
        wheel.SetSooner(3, 900);
        Assert.False(wheel.TryExpire(499, out _));
        Assert.True(wheel.TryExpire(500 + TimerWheel.TickMs, out int timer));
        Assert.Equal(3, timer);
    }

    // What has expired keeps its old deadline, which comes sooner than any other.
    [Fact]
    public void A_timer_that_has_expired_can_be_set_again()
    {
        using TimerWheel wheel = new(Slots, 0);
        wheel.Start(0);
        wheel.SetSooner(3, 100);
        Assert.True(wheel.TryExpire(100 + TimerWheel.TickMs, out _));
        wheel.SetSooner(3, 500);
        Assert.False(wheel.TryExpire(499, out _));
        Assert.True(wheel.TryExpire(500 + TimerWheel.TickMs, out int timer));
        Assert.Equal(3, timer);
    }

    [Fact]
    public void A_timer_says_whose_it_is()
    {
        using TimerWheel wheel = new(transports: 4, exchanges: 3);
        (int Timer, TimerOwner Owner, int Index)[] all =
        [
            (TimerWheel.OfTransport(3), TimerOwner.Transport, 3),
            (wheel.OfExchange(0), TimerOwner.Exchange, 0),
            (wheel.OfExchange(2), TimerOwner.Exchange, 2),
            (wheel.OfAttempt(0), TimerOwner.Attempt, 0),
            (wheel.OfAttempt(2), TimerOwner.Attempt, 2),
            (wheel.OfAccepts, TimerOwner.Accepts, 0),
            (wheel.OfMemory, TimerOwner.Memory, 0),
        ];
        foreach ((int timer, TimerOwner owner, int index) in all)
        {
            Assert.Equal(owner, wheel.OwnerOf(timer, out int found));
            Assert.Equal(index, found);
            wheel.Set(timer, 100);
            Assert.True(wheel.TryExpire(100 + TimerWheel.TickMs, out int expired));
            Assert.Equal(timer, expired);
        }
    }

    private static void Expire(TimerWheel wheel, Dictionary<int, long> deadlines, long now)
    {
        while (wheel.TryExpire(now, out int slot))
        {
            Assert.True(deadlines.Remove(slot, out long deadline), "nothing was set");
            Assert.True(deadline <= now, $"{deadline} was met early, at {now}");
        }

        foreach (long deadline in deadlines.Values)
            Assert.True(now - deadline < TimerWheel.TickMs, $"{deadline} is not met at {now}");
    }

    private static void AssertNoOversleep(Dictionary<int, long> deadlines, long now, long wait)
    {
        Assert.InRange(wait, 1, 1_000);
        if (deadlines.Count == 0) return;
        long earliest = deadlines.Values.Min();
        Assert.True(now + wait <= Math.Max(earliest, now) + TimerWheel.TickMs,
            $"at {now} sleeps {wait} past {earliest}");
    }
}
