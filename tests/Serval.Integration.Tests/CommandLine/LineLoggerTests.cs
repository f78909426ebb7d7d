using Microsoft.Extensions.Logging;
using Serval.CommandLine;

namespace Serval.Integration.Tests.CommandLine;

public sealed class LineLoggerTests
{
    [Fact]
    public void An_entry_is_one_line_whatever_is_in_it()
    {
        using StringWriter output = new();
        using LineLogger.Provider provider = new(output, new StillClock(), LineStyle.Plain);
        provider.CreateLogger("a.b").Log(
            LogLevel.Warning, new EventId(7), "one\r\ntwo", null, (state, _) => state);
        Assert.Equal("2026-01-02T03:04:05.678Z warning E7 a.b: one\\r\\ntwo\n", output.ToString());
    }

    [Fact]
    public void An_exception_stays_on_the_line()
    {
        using StringWriter output = new();
        using LineLogger.Provider provider = new(output, new StillClock(), LineStyle.Plain);
        provider.CreateLogger("a").Log(
            LogLevel.Error, new EventId(1), "what", new InvalidOperationException("why\n"), (state, _) =>
            state);
        Assert.Contains(
            "what: System.InvalidOperationException: why", output.ToString(), StringComparison.Ordinal);
        Assert.Single(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("Coloured", "\e[2m2026-01-02T03:04:05.678Z\e[0m \e[33mwarning\e[0m \e[2mE7 a:\e[0m one\n")]
    [InlineData("Journal", "<4>E7 a: one\n")]
    [InlineData(
        "Json",
        """{"time":"2026-01-02T03:04:05.678Z","level":"warning","event":"E7","category":"a",""" + """
        "message":"one"}
        """ + "\n")]
    public void A_style_decides_how_the_line_looks(string style, string expected)
    {
        using StringWriter output = new();
        using LineLogger.Provider provider = new(output, new StillClock(), Enum.Parse<LineStyle>(style));
        provider.CreateLogger("a").Log(
            LogLevel.Warning, new EventId(7), "one", null, (state, _) => state);
        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void A_message_cannot_command_a_terminal()
    {
        using StringWriter output = new();
        using LineLogger.Provider provider = new(output, new StillClock(), LineStyle.Plain);
        provider.CreateLogger("a").Log(
            LogLevel.Error, new EventId(1), "\e[2Jx", null, (state, _) => state);
        Assert.EndsWith(" E1 a: \\x1b[2Jx\n", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    }
}
