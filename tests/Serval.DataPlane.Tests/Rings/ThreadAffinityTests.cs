using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Tests.Rings;

public sealed class ThreadAffinityTests
{
    [Fact]
    public void A_processor_that_is_not_there_is_named_with_those_that_are()
    {
        RingException fault = Assert.Throws<RingException>(() => ThreadAffinity.Pin(1_023));
        Assert.Equal(
            "processor 1023 is not one that this process may use; it may use "
            + $"{string.Join(',', ThreadAffinity.Allowed())} (--cpus, cpuset).", fault.Message);
    }
}
