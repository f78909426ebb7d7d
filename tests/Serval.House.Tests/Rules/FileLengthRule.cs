namespace Serval.House.Tests.Rules;

/// <summary>A file stops at 500 lines.</summary>
internal sealed class FileLengthRule : IFileRule
{
    private const int LinesMax = 500;

    public IEnumerable<string> Offences(SourceFile file)
    {
        int lines = file.Text.AsSpan().Count('\n');
        if (lines > LinesMax)
            yield return $"{lines} lines, {LinesMax} are allowed: split it by subject";
    }
}
