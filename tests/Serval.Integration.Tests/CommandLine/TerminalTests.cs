using System.Diagnostics;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.CommandLine;

/// <summary>What a terminal gets, through a pseudo-terminal of script(1).</summary>
public sealed class TerminalTests
{
    private const string CtrlC = "\x03";

    [Theory]
    [InlineData("--version")]
    [InlineData("--help")]
    [InlineData("rnu")]
    [InlineData("version")]
    public async Task No_escape_is_left_behind_on_a_terminal(string line)
    {
        await using PseudoTerminal terminal = PseudoTerminal.Start(line);
        Assert.DoesNotContain('\e', await terminal.ReadToEndAsync());
    }

    [Fact]
    public async Task The_live_view_is_drawn_again_and_gives_the_terminal_back()
    {
        await using RunningRouter router = await RunningRouter.StartAsync(
            Objects.Route("r", Objects.Rule("/", "s")) + Objects.Service("s", ("127.0.0.1", 1)));
        await using PseudoTerminal terminal = PseudoTerminal.Start(
            $"status --watch --interval 100ms --admin {router.Admin.BaseAddress!.Authority}");
        await terminal.WaitForAsync("REQ/S"); // which needs two looks
        Assert.StartsWith("\e[?1049h\e[?25l\e[H", terminal.Text, StringComparison.Ordinal);
        terminal.Type(CtrlC);
        string text = await terminal.ReadToEndAsync();
        Assert.EndsWith("\e[?25h\e[?1049l", text.TrimEnd('\r', '\n'), StringComparison.Ordinal);
        Assert.Contains("test/s:80", text, StringComparison.Ordinal);
        Assert.Equal(0, terminal.ExitCode);
    }

    [Fact]
    public async Task The_process_log_has_colours_on_a_terminal_alone()
    {
        using Folder folder = new();
        folder.Write("a.yaml", Objects.Gateway(Ports.Free()));
        await using PseudoTerminal terminal = PseudoTerminal.Start(
            $"run {folder.Root} --admin 127.0.0.1:0 --workers 1");
        await terminal.WaitForAsync("is live");
        terminal.Type(CtrlC);
        string text = await terminal.ReadToEndAsync();
        Assert.Contains("\e[32minfo\e[0m", text, StringComparison.Ordinal);
        Assert.EndsWith("stopped", text.TrimEnd('\r', '\n'), StringComparison.Ordinal);
    }

    private sealed class PseudoTerminal : IAsyncDisposable
    {
        private readonly Process _process;
        private readonly StringBuilder _text = new();
        private readonly byte[] _buffer = new byte[4096];

        private PseudoTerminal(Process process) => _process = process;

        public string Text => _text.ToString();

        public int ExitCode => _process.ExitCode;

        public static PseudoTerminal Start(string arguments)
        {
            // exec: a shell that stays in front takes the Ctrl+C too, and some then end with 130 instead.
            ProcessStartInfo start = new(
                "script", ["-qec", $"exec {ServalProcess.Program} {arguments}", "/dev/null"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            start.Environment["TERM"] = "xterm-256color";
            start.Environment.Remove("NO_COLOR");
            return new PseudoTerminal(Process.Start(start)!);
        }

        public void Type(string keys)
        {
            _process.StandardInput.Write(keys);
            _process.StandardInput.Flush();
        }

        public async Task WaitForAsync(string text)
        {
            while (!Text.Contains(text, StringComparison.Ordinal))
                Assert.True(await ReadAsync(), $"It ended without {text}: {Text}");
        }

        public async Task<string> ReadToEndAsync()
        {
            CancellationToken deadline = Deadline.Token();
            while (await ReadAsync())
                deadline.ThrowIfCancellationRequested(); // it may write for ever
            await _process.WaitForExitAsync(deadline);
            return Text;
        }

        public async ValueTask DisposeAsync()
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        private async Task<bool> ReadAsync()
        {
            int count = await _process.StandardOutput.BaseStream.ReadAsync(_buffer, Deadline.Token());
            _text.Append(Encoding.UTF8.GetString(_buffer, 0, count));
            return count > 0;
        }
    }
}
