using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Serval.CommandLine.Printing;
using Serval.Common;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary>Prints answers. Bound: the answer, which the channel bounds.</summary>
internal sealed class VppPrinter(OutputFormat format, TextWriter output)
{
    private static readonly JsonFormatter Indented = new(
        JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation("  "));

    private static readonly JsonFormatter OneLine = new(
        JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>Prints one answer.</summary>
    public void Print(IMessage answer, params ReadOnlySpan<TextTable> tables)
    {
        if (format != OutputFormat.Table)
        {
            string json = Indented.Format(answer);
            output.Write(format == OutputFormat.Json ? $"{json}\n" : JsonYaml.Write(JsonNode.Parse(json)));
            return;
        }
        for (int i = 0; i < tables.Length; i++)
            output.Write((i > 0 ? "\n" : "") + tables[i]);
    }

    /// <summary>
    /// Prints one of many answers: JSON on one line, a document of YAML, or <paramref name="text"/>.
    /// </summary>
    public void PrintNext(IMessage answer, string text)
    {
        output.Write(format switch
        {
            OutputFormat.Json => OneLine.Format(answer) + "\n",
            OutputFormat.Yaml => "---\n" + JsonYaml.Write(JsonNode.Parse(OneLine.Format(answer))),
            _ => text,
        });
        output.Flush();
    }

    /// <summary>Prints what a change did, or would do.</summary>
    public void PrintChange(
        IMessage answer, Change change, string subject, bool isDryRun, string? note = null)
    {
        if (format != OutputFormat.Table)
        {
            Print(answer);
            return;
        }
        string verdict = (change.Changed, isDryRun) switch
        {
            (false, _) => "is as asked for already",
            (true, true) => "would change",
            (true, false) => "changed",
        };
        string version = change.ResourceVersion.Length == 0 ? ""
            : $", {(isDryRun && change.Changed ? "now at " : "")}resource version {change.ResourceVersion}";
        output.Write($"{Clean(subject)}: {verdict}{Clean(version)}\n");
        foreach (string step in change.Steps)
            output.Write($"  {Clean(step)}\n");
        foreach (string warning in change.Warnings)
            output.Write($"  warning: {Clean(warning)}\n");
        if (note is not null)
            output.Write($"  {note}\n");
    }

    /// <summary>A text that cannot command a terminal, on one line.</summary>
    public static string Clean(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter))
        : text;

    /// <summary>A number as tables show it.</summary>
    public static string Number(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    /// <summary>A rate as tables show it: whole.</summary>
    public static string Rate(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
