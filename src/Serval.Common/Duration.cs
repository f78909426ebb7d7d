using System.Globalization;
using System.Text;

namespace Serval.Common;

/// <summary>
/// A length of time as objects and options write it (GEP-2257): one to four groups of up to five digits and a
/// unit, such as <c>1h30m</c>, <c>3s</c> or <c>500ms</c>.
/// </summary>
public readonly record struct Duration(long Milliseconds)
{
    private const int GroupsMax = 4;
    private const int DigitsMax = 5;

    /// <summary>False when the text is no such duration.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = 0;
        ReadOnlySpan<char> rest = text;
        for (int group = 0; group < GroupsMax && !rest.IsEmpty; group++)
        {
            int digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits is <= 0 or > DigitsMax)
                return false;
            long number = 0;
            foreach (char digit in rest[..digits])
                number = number * 10 + (digit - '0');
            rest = rest[digits..];
            (long unit, int length) = UnitOf(rest);
            if (length == 0)
                return false;
            milliseconds += number * unit;
            rest = rest[length..];
        }
        return text.Length > 0 && rest.IsEmpty;
    }

    /// <summary>The same in the largest units that are whole; what <see cref="TryParse"/> reads.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        long rest = Milliseconds;
        foreach (string unit in (ReadOnlySpan<string>)["h", "m", "s", "ms"])
        {
            long size = UnitOf(unit).Milliseconds;
            if (rest >= size)
                text.Append(CultureInfo.InvariantCulture, $"{rest / size}{unit}");
            rest %= size;
        }
        return text.Length > 0 ? text.ToString() : "0s";
    }

    private static (long Milliseconds, int Length) UnitOf(ReadOnlySpan<char> text) => text switch
    {
        ['m', 's', ..] => (1, 2),
        ['h', ..] => (3_600_000, 1),
        ['m', ..] => (60_000, 1),
        ['s', ..] => (1_000, 1),
        _ => (0, 0),
    };
}
