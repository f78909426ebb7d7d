using System.Text;

namespace Serval.CommandLine.Vpp;

/// <summary>Rows in columns as wide as their widest cell. An empty cell is a dash, so that every line has as
/// many words as there are columns.</summary>
/// <param name="columns">Their names; one that begins with '&gt;' is aligned to the right.</param>
internal sealed class TextTable(params string[] columns)
{
    private readonly List<string[]> _rows = [[.. columns.Select(name => name.TrimStart('>'))]];

    /// <summary>Adds a row.</summary>
    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"{columns.Length} cells are needed.", nameof(cells));
        _rows.Add([.. cells.Select(cell => cell.Length == 0 ? "-" : VppPrinter.Clean(cell))]);
    }

    /// <summary>A list in one cell.</summary>
    public static string List(IEnumerable<string> items) => string.Join(',', items);

    /// <inheritdoc/>
    public override string ToString()
    {
        int[] widths = [.. columns.Select((_, column) => _rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        foreach (string[] row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) => columns[column].StartsWith('>')
                ? cell.PadLeft(widths[column])
                : cell.PadRight(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
