using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Serval.VppBridge.Tests.Commands;

/// <summary>Commands with what they wrote, as a terminal would show them, compared with a golden file.
/// Moments are masked; <c>SERVAL_GOLDENS=rewrite</c> writes the file anew.</summary>
internal sealed partial class Transcript(string server, string folder)
{
    /// <summary>The folder of the golden files, in the sources.</summary>
    public static readonly string Goldens =
        Path.Combine(Path.GetDirectoryName(SourcePath())!, "Goldens");

    private readonly StringBuilder _text = new();

    /// <summary>Runs a line of arguments; '' is an empty one, and <c>&lt; FILE</c> is a file of the folder as
    /// standard input.</summary>
    public async Task<CommandResult> RunAsync(string line)
    {
        string[] words = line.Split(" < ");
        string input = words.Length > 1
            ? await File.ReadAllTextAsync(Path.Combine(folder, words[1])) : "";
        string[] arguments = [.. words[0].Split(' ').Select(word => word == "''" ? ""
            : word.EndsWith(".yaml", StringComparison.Ordinal) ? Path.Combine(folder, word) : word)];
        CommandResult result = await VppCommand.RunAsync(server, arguments, input);
        _text.Append("$ serval vpp ").Append(line).Append('\n').Append(Mask(result.Output))
            .Append(Mask(result.Errors));
        if (result.ExitCode != 0)
            _text.Append(CultureInfo.InvariantCulture, $"[exit code {result.ExitCode}]\n");
        _text.Append('\n');
        return result;
    }

    public void Check(string name)
    {
        string path = Path.Combine(Goldens, name + ".txt");
        if (Environment.GetEnvironmentVariable("SERVAL_GOLDENS") == "rewrite")
            File.WriteAllText(path, _text.ToString());
        Assert.Equal(File.ReadAllText(path), _text.ToString());
    }

    private string Mask(string text) =>
        Moment().Replace(text, "2026-01-02T03:04:05Z").Replace(folder + "/", "", StringComparison.Ordinal);

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Moment();

    private static string SourcePath([CallerFilePath] string path = "") => path;
}
