using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Tests;

/// <summary>The generator against its own origin, without a proxy between them.</summary>
public class DriverTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(128, 0, 0)]
    [InlineData(1048576, 0, 0)]
    [InlineData(128, 1048576, 0)]
    [InlineData(128, 16384, 10)]
    public void Every_size_in_both_directions_arrives_whole(long down, long up, int idle)
    {
        RunResult result = Run(new Scenario("test")
        {
            Connections = 4,
            IdleConnections = idle,
            BodyBytes = down,
            UploadBytes = up,
        });
        Assert.Equal("", result.Faults);
        Assert.True(result.Requests > 0);
    }

    [Fact]
    public void An_open_loop_keeps_its_rate()
    {
        RunResult result = Run(new Scenario("test") { Connections = 4, RatePerSecond = 500 });
        Assert.Equal("", result.Faults);
        Assert.InRange(result.Requests, 49, 51);
    }

    [Fact]
    public void An_origin_that_answers_with_another_size_fails_the_run()
    {
        using EventLoop loop = new();
        Faults faults = new();
        Origin origin = new(loop, faults, 0);
        Scenario asked = new("test") { Connections = 2, WarmUpSeconds = 0, Seconds = 0.02 };
        ClientPlan expecting = ClientPlan.For(asked, Target(origin)) with { BodyBytes = 5 };
        Driver driver = new(loop, asked, faults, expecting);
        Assert.Contains("Content-Length 128", driver.Run([], origin).Faults, StringComparison.Ordinal);
    }

    private static RunResult Run(Scenario scenario)
    {
        using EventLoop loop = new();
        Faults faults = new();
        Origin origin = new(loop, faults, 0);
        Scenario brief = scenario with { WarmUpSeconds = 0.02, Seconds = 0.1 };
        return new Driver(loop, brief, faults, ClientPlan.For(brief, Target(origin))).Run([], origin);
    }

    private static SocketAddress4 Target(Origin origin) => new(0x7f000001, origin.Port);
}
