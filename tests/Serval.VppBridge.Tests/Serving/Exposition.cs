using System.Globalization;
using System.Text.RegularExpressions;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>A page of metrics, read as strictly as the Prometheus text format 0.0.4 and its naming
/// conventions can be: the first offence throws.</summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);
    private readonly HashSet<string> _families = new(StringComparer.Ordinal);
    private string _family = "";
    private string _type = "";
    private string? _help;

    /// <summary>Values by name and labels as they are written.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public static Exposition Read(string text)
    {
        var page = new Exposition();
        if (!text.EndsWith('\n'))
            throw new FormatException("the last line has no end");
        foreach (string line in text[..^1].Split('\n'))
            page.ReadLine(line);
        page.CheckHistograms();
        return page;
    }

    public int CountOf(string family) =>
        _samples.Keys.Count(k => k == family || k.StartsWith(family + "{", StringComparison.Ordinal));

    private void ReadLine(string line)
    {
        if (HelpLine().Match(line) is { Success: true } help)
        {
            if (_help is not null)
                throw new FormatException($"a HELP without TYPE before: {line}");
            _help = help.Groups[1].Value;
        }
        else if (TypeLine().Match(line) is { Success: true } type)
        {
            OpenFamily(type.Groups[1].Value, type.Groups[2].Value, line);
        }
        else if (SampleLine().Match(line) is { Success: true } sample && _help is null)
        {
            AddSample(sample, line);
        }
        else
        {
            throw new FormatException($"no line of metrics: {line}");
        }
    }

    private void OpenFamily(string name, string type, string line)
    {
        if (_help != name || !_families.Add(name))
            throw new FormatException($"a family has one HELP and then one TYPE: {line}");
        if (type == "counter" != name.EndsWith("_total", StringComparison.Ordinal))
            throw new FormatException($"a counter, and only a counter, ends in _total: {line}");
        if (type == "histogram" && !name.EndsWith("_seconds", StringComparison.Ordinal))
            throw new FormatException($"durations are in seconds: {line}");
        if (OtherUnits().IsMatch(name))
            throw new FormatException($"base units only: {line}");
        (_family, _type, _help) = (name, type, null);
    }

    private void AddSample(Match sample, string line)
    {
        string name = sample.Groups["name"].Value;
        string suffix = name.StartsWith(_family, StringComparison.Ordinal) ? name[_family.Length..] : "?";
        bool isOurs = _type == "histogram" ? suffix is "_bucket" or "_sum" or "_count" : suffix.Length == 0;
        if (!isOurs)
            throw new FormatException($"a sample is not of the family {_family}: {line}");
        string[] labels = [.. sample.Groups["label"].Captures.Select(c => c.Value)];
        if (labels.Distinct(StringComparer.Ordinal).Count() != labels.Length
            || labels.Contains("le") != (suffix == "_bucket"))
            throw new FormatException($"labels: {line}");
        string text = sample.Groups["value"].Value;
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value) || (_type != "gauge" && value < 0))
            throw new FormatException($"value: {line}");
        if (!_samples.TryAdd(line[..line.LastIndexOf(' ')], value))
            throw new FormatException($"a series comes twice: {line}");
    }

    private void CheckHistograms()
    {
        foreach (string last in _samples.Keys.Where(
            k => k.Contains("le=\"+Inf\"", StringComparison.Ordinal)))
        {
            string stem = last[..last.IndexOf("le=\"+Inf\"", StringComparison.Ordinal)];
            double[] counts = [.. _samples.Where(s => s.Key.StartsWith(stem, StringComparison.Ordinal))
                .Select(s => s.Value)];
            string total = stem.Replace("_bucket", "_count", StringComparison.Ordinal).TrimEnd(',') + "}";
            if (counts.Length < 2 || !counts.SequenceEqual(counts.Order()) || counts[^1] != _samples[last]
                || _samples[total] != counts[^1])
                throw new FormatException($"buckets are not cumulative or do not end in the count: {last}");
        }

        int bucketsCount = _samples.Keys.Count(k => k.Contains("_bucket{", StringComparison.Ordinal));
        int endsCount = _samples.Keys.Count(k => k.Contains("le=\"+Inf\"", StringComparison.Ordinal));
        if (bucketsCount > 0 != endsCount > 0)
            throw new FormatException("buckets without +Inf");
    }

    [GeneratedRegex("^# HELP ([a-z_][a-z0-9_]*) [A-Za-z0-9].*[.]$", RegexOptions.None, 1_000)]
    private static partial Regex HelpLine();

    [GeneratedRegex(
        "^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram)$", RegexOptions.None, 1_000)]
    private static partial Regex TypeLine();

    [GeneratedRegex(
        """^(?<name>[a-z_][a-z0-9_]*)(\{((?<label>[a-z_]+)="([^"\\\n]|\\[\\"n])*",?)+(?<!,)\})? """
            + """(?<value>\S+)$""",
        RegexOptions.None, 1_000)]
    private static partial Regex SampleLine();

    [GeneratedRegex("_(ms|us|milliseconds|kb|kib|mb|percent|minutes)(_|$)", RegexOptions.None, 1_000)]
    private static partial Regex OtherUnits();
}
