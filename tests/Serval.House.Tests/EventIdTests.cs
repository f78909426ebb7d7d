using System.Globalization;
using System.Text.RegularExpressions;

namespace Serval.House.Tests;

/// <summary>Operators search logs by event; an id that two messages share would say nothing.</summary>
public sealed partial class EventIdTests
{
    [Fact]
    public void No_two_messages_of_the_process_log_have_the_same_id()
    {
        IGrouping<int, string>[] shared =
        [
            .. Repository.Sources.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal))
                .SelectMany(Ids)
                .GroupBy(id => id.Id, id => id.Path)
                .Where(group => group.Count() > 1),
        ];
        Assert.True(shared.Length == 0, string.Join(
            '\n', shared.Select(group => $"E{group.Key}: {string.Join(", ", group)}")));
    }

    [Fact]
    public void Every_message_is_found()
    {
        Assert.Equal(
            [(100, "src/A.cs"), (100, "src/A.cs")],
            Ids(new SourceFile(
                "src/A.cs", "[LoggerMessage(100, L, \"a\")]\n[LoggerMessage(\n  100, L, \"b\")]")));
    }

    private static IEnumerable<(int Id, string Path)> Ids(SourceFile file) =>
        Message().Matches(file.Text).Select(match =>
            (int.Parse(match.Groups["id"].ValueSpan, CultureInfo.InvariantCulture), file.Path));

    [GeneratedRegex(
        @"\[LoggerMessage\(\s*(EventId\s*=\s*)?(?<id>\d+)", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Message();
}
