using System.Globalization;
using System.Text.Json.Nodes;

namespace Serval.Control.Files;

/// <summary>
/// Types of plain scalars by the core schema (YAML 1.2.2 §10.3.2); <c>yes</c> and <c>on</c> are strings.
/// </summary>
internal static class YamlScalars
{
    /// <summary>The typed value, null for the null node.</summary>
    /// <exception cref="FormatException">It is a number that JSON cannot carry.</exception>
    public static JsonNode? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE":
                return JsonValue.Create(true);
            case "false" or "False" or "FALSE":
                return JsonValue.Create(false);
        }

        ReadOnlySpan<char> unsigned = text[0] is '+' or '-' ? text.AsSpan(1) : text;
        if (unsigned is ".inf" or ".Inf" or ".INF" || text is ".nan" or ".NaN" or ".NAN")
            throw new FormatException($"'{text}' is not a number that JSON can hold");

        // Everything else that the core schema reads as a number begins with a digit or a point.
        if (unsigned.IsEmpty || !(char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.'))
            return JsonValue.Create(text);
        if (text.StartsWith("0x", StringComparison.Ordinal) && IsAll(text.AsSpan(2), char.IsAsciiHexDigit))
            return JsonValue.Create(Integer(text.AsSpan(2), 16, text));
        if (text.StartsWith("0o", StringComparison.Ordinal)
            && IsAll(text.AsSpan(2), digit => digit is >= '0' and <= '7'))
            return JsonValue.Create(Integer(text.AsSpan(2), 8, text));
        if (IsAll(unsigned, char.IsAsciiDigit))
        {
            return JsonValue.Create(text[0] == '-'
                ? -Integer(unsigned, 10, text)
                : Integer(unsigned, 10, text));
        }
        return IsFloat(unsigned) ? JsonValue.Create(Float(text)) : JsonValue.Create(text);
    }

    private static bool IsAll(ReadOnlySpan<char> digits, Func<char, bool> isDigit)
    {
        foreach (char digit in digits)
        {
            if (!isDigit(digit))
                return false;
        }
        return !digits.IsEmpty;
    }

    private static long Integer(ReadOnlySpan<char> digits, int radix, string text)
    {
        long value = 0;
        foreach (char digit in digits)
        {
            long next = char.IsAsciiDigit(digit) ? digit - '0' : char.ToLowerInvariant(digit) - 'a' + 10;
            if (value > (long.MaxValue - next) / radix)
                throw new FormatException($"'{text}' is too large a number");
            value = value * radix + next;
        }
        return value;
    }

    // ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        int whole = CountDigits(text);
        ReadOnlySpan<char> rest = text[whole..];
        int fraction = 0;
        if (!rest.IsEmpty && rest[0] == '.')
        {
            fraction = CountDigits(rest[1..]);
            rest = rest[(1 + fraction)..];
        }
        if (whole + fraction == 0)
            return false;
        if (rest.IsEmpty)
            return true;
        if (rest[0] is not ('e' or 'E'))
            return false;
        rest = rest[1..];
        if (!rest.IsEmpty && rest[0] is '+' or '-')
            rest = rest[1..];
        return !rest.IsEmpty && CountDigits(rest) == rest.Length;
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int count = text.IndexOfAnyExceptInRange('0', '9');
        return count < 0 ? text.Length : count;
    }

    private static double Float(string text)
    {
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : throw new FormatException($"'{text}' is too large a number");
    }
}
