using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Tests;

public class ProcessTimesTests
{
    [Fact]
    public void Time_on_the_processor_grows_with_work()
    {
        List<int> family = ProcessTimes.Family(Environment.ProcessId);
        ProcessTimes start = ProcessTimes.Read(family);
        (long RunNs, long BusiestWaitNs) added;
        do
        {
            added = ProcessTimes.Read(family).Since(start);
        }
        while (added.RunNs == 0);

        Assert.True(added.RunNs > 0 && added.BusiestWaitNs >= 0);
    }

    [Fact]
    public void A_process_that_is_gone_reads_as_nothing()
    {
        ProcessTimes none = ProcessTimes.Read([int.MaxValue]);
        Assert.Equal((0, 0), none.Since(none));
    }
}
