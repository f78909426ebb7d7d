using Microsoft.Extensions.Logging;
using Serval.CommandLine;

namespace Serval.Integration.Tests.CommandLine;

public sealed class LineLoggerTests
{
    [Fact]
    public void An_entry_is_one_line_whatever_is_in_it()
    {
        using StringWriter output = new();
        using LineLogger.Provider provider = new(output, new StillClock());
        provider.CreateLogger("a.b").Log(
            LogLevel.Warning, new EventId(7), "one\r\ntwo", null, (state, _) => state);
        Assert.Equal("2026-01-02T03:04:05.678Z warning a.b[7] one\\r\\ntwo\n", output.ToString());
    }

    [Fact]
    public void An_exception_stays_on_the_line()
    {
        using StringWriter output = new();
        using LineLogger.Provider provider = new(output, new StillClock());
        provider.CreateLogger("a").Log(
            LogLevel.Error, new EventId(1), "what", new InvalidOperationException("why\n"), (state, _) =>
            state);
        Assert.Contains(
            "what: System.InvalidOperationException: why", output.ToString(), StringComparison.Ordinal);
        Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    }
}
