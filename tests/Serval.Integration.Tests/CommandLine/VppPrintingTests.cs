using Serval.CommandLine.Vpp;
using Grpc.Core;

namespace Serval.Integration.Tests.CommandLine;

public sealed class VppPrintingTests
{
    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_empty_cells_are_dashes()
    {
        TextTable table = new("NAME", ">COUNT", "NOTE");
        table.Add("a", "12345678", "");
        table.Add("longer-name", "1", "x y");
        Assert.Equal(
            """
            NAME            COUNT  NOTE
            a            12345678  -
            longer-name         1  x y

            """, table.ToString());
    }

    [Fact]
    public void A_name_that_would_command_the_terminal_or_begin_a_line_cannot()
    {
        TextTable table = new("NAME");
        table.Add("a\u001b[2J\nb\r\u0085\tc");
        Assert.Equal("NAME\na?[2J?b???c\n", table.ToString());
    }

    [Fact]
    public void A_row_of_another_length_is_a_fault_of_ours() =>
        Assert.Throws<ArgumentException>(() => new TextTable("A", "B").Add("a"));

    [Fact]
    public void Every_status_has_the_exit_code_that_is_documented()
    {
        string page = File.ReadAllText(Path.Combine(Harness.Repository.Root, "docs", "vpp.md"))
            .ReplaceLineEndings(" ");
        Dictionary<int, StatusCode[]> documented = new()
        {
            [0] = [StatusCode.OK],
            [3] = [StatusCode.NotFound],
            [4] = [StatusCode.InvalidArgument, StatusCode.FailedPrecondition,
                StatusCode.AlreadyExists, StatusCode.OutOfRange],
            [5] = [StatusCode.Unavailable, StatusCode.DeadlineExceeded,
                StatusCode.ResourceExhausted],
            [6] = [StatusCode.Unauthenticated, StatusCode.PermissionDenied],
            [7] = [StatusCode.Aborted],
        };
        foreach (StatusCode code in Enum.GetValues<StatusCode>())
        {
            int expected = documented.FirstOrDefault(entry => entry.Value.Contains(code), new(1, [])).Key;
            Assert.Equal(expected, ExitCode.Of(code));
        }
        foreach ((int number, StatusCode[] codes) in documented)
        {
            int sentence = page.IndexOf($" {number} ", page.IndexOf("Exit codes:", StringComparison.Ordinal),
                StringComparison.Ordinal);
            Assert.True(sentence > 0, $"{number} is not documented");
            string text = page[sentence..page.IndexOf(';', sentence)]
                .Replace("_", "", StringComparison.Ordinal);
            foreach (StatusCode code in codes.Where(code => code != StatusCode.OK))
                Assert.Contains(code.ToString(), text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
