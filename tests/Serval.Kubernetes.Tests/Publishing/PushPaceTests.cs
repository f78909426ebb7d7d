using Serval.Control.Publishing;

namespace Serval.Kubernetes.Tests.Publishing;

public sealed class PushPaceTests
{
    [Fact]
    public void A_single_change_goes_out_at_once()
    {
        PushPace pace = new();
        for (long now = 1_000; now < 100_000; now += 500)
        {
            Assert.Equal(0, pace.WaitMs(now));
            pace.Pushed(now, 1);
        }
    }

    [Fact]
    public void Changes_that_come_one_by_one_are_pushed_one_by_one()
    {
        PushPace pace = new();
        for (long now = 1_000; now < 10_000; now += 12)
        {
            Assert.Equal(0, pace.WaitMs(now));
            pace.Pushed(now, 1);
        }
    }

    [Fact]
    public void A_thousand_changes_of_one_second_are_a_few_pushes()
    {
        PushPace pace = new();
        int pushes = 0;
        long busyUntil = 0;
        for (long now = 1_000; now < 2_000; now++)
        {
            if (now < busyUntil)
                continue;
            int wait = pace.WaitMs(now);
            busyUntil = now + wait + 1;
            pace.Pushed(now + wait, wait + 1);
            pushes++;
        }
        Assert.InRange(pushes, 3, 16);
    }

    [Fact]
    public void A_change_never_waits_longer_than_the_limit()
    {
        PushPace pace = new();
        Random random = new(7);
        long now = 1_000;
        for (int i = 0; i < 10_000; i++)
        {
            int wait = pace.WaitMs(now);
            Assert.InRange(wait, 0, PublishingLimits.CollectMaxMs);
            now += wait;
            pace.Pushed(now, random.Next(1, 20));
            now += random.Next(150);
        }
    }
}
