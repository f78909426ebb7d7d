using System.Text;
using Serval.Common.Libc;

namespace Serval.CommandLine.Printing;

/// <summary>
/// A screen of text that is drawn again and again: on the alternate screen of a terminal, which is taken back
/// at the end; elsewhere one text after another. Owner: one verb.
/// </summary>
internal sealed class LiveScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string EraseLine = "\e[K";
    private const string EraseBelow = "\e[J";
    private const int StandardOutput = 1;
    private readonly bool _isTerminal;

    private LiveScreen(bool isTerminal) => _isTerminal = isTerminal;

    /// <summary>Takes the terminal.</summary>
    public static LiveScreen Open()
    {
        bool isTerminal = !Console.IsOutputRedirected;
        if (isTerminal)
            Console.Out.Write(Enter);
        return new LiveScreen(isTerminal);
    }

    /// <summary>Shows a text; what does not fit on the screen is left out.</summary>
    public void Show(string text)
    {
        if (!_isTerminal)
        {
            Console.Out.Write(text + "\n");
            return;
        }
        (int rows, int columns) = TerminalSize.Of(StandardOutput);
        StringBuilder frame = new(Home);
        string[] lines = text.TrimEnd('\n').Split('\n');
        int shown = Math.Min(lines.Length, rows - 1);
        for (int i = 0; i < shown; i++)
        {
            frame.Append(lines[i].Length > columns ? lines[i][..columns] : lines[i])
                .Append(EraseLine).Append("\r\n");
        }
        frame.Append(EraseBelow);
        if (lines.Length > shown)
            frame.Append($"({lines.Length - shown} more lines)");
        Console.Out.Write(frame.ToString());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isTerminal)
            Console.Out.Write(Leave);
    }
}
