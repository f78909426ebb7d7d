using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.Control.Reporting;

namespace Serval.Control.Tests;

/// <summary>A folder below Goldens: input.yaml and what it must become.</summary>
internal static partial class GoldenCase
{
    public static readonly string Root = Path.Combine(Path.GetDirectoryName(SourcePath())!, "Goldens");

    /// <summary>Marks an input whose outcome depends on the order of its documents.</summary>
    public const string OrderDecides = "# order decides";

    public static TheoryData<string> Names =>
        [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)).Order()];

    public static ImmutableSortedDictionary<string, string> Translate(string inputPath)
    {
        Translation translation = new FileProvider(inputPath).Load();
        Assert.Empty(SnapshotValidator.Validate(translation.Snapshot));
        string snapshot = Indented(translation.Snapshot);
        return ImmutableSortedDictionary<string, string>.Empty
            .Add("snapshot.json", snapshot + "\n")
            .Add("status.yaml", StatusYaml.Write(WithoutFeatures(translation.Status)))
            .Add("findings.txt", string.Concat(translation.Findings.Select(finding => finding + "\n")));
    }

    private static string Indented(Snapshot snapshot)
    {
        using MemoryStream text = new();
        PipeWriter pipe = PipeWriter.Create(text);
        Assert.True(SnapshotJson.WriteIndentedAsync(snapshot, pipe, CancellationToken.None)
            .IsCompletedSuccessfully);
        pipe.Complete();
        return Encoding.UTF8.GetString(text.ToArray());
    }

    // One list for all: StatusTests looks at it once.
    private static StatusReport WithoutFeatures(StatusReport report) => StatusReport.Of(
        report.Objects.Values.Select(status => status is GatewayClassStatus source
            ? source with { SupportedFeatures = [] }
            : status));

    /// <summary>Findings without the lines that they point to, which move when documents do.</summary>
    public static string WithoutLines(string findings) =>
        string.Join('\n', Line().Replace(findings, "(input.yaml)")
        .Split('\n').Order(StringComparer.Ordinal));

    [GeneratedRegex(
        @"\(input\.yaml:\d+(:\d+)?\)|(?<=: )input\.yaml:\d+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    private static string SourcePath([CallerFilePath] string path = "") => path;
}
