namespace Serval.House.Tests.Rules;

/// <summary>A line stops at 110 columns.</summary>
internal sealed class LineLengthRule : IFileRule
{
    private const int ColumnsMax = 110;
    private static readonly string[] Data = ["\\r\\n", "[InlineData(", ": {"];

    public IEnumerable<string> Offences(SourceFile file) => file.Lines
        .Select((line, index) => (Line: line.TrimEnd('\r'), Number: index + 1))
        .Where(line => line.Line.Length > ColumnsMax && !IsDataOfTest(file, line.Line))
        .Select(line => $"line {line.Number} has {line.Line.Length} columns, {ColumnsMax} are allowed");

    // Bytes on the wire, rows of cases and YAML are read best unbroken.
    private static bool IsDataOfTest(SourceFile file, string line) => file.IsTest && Data.Any(line.Contains);
}
