using System.Runtime.CompilerServices;
using System.Text;

namespace Serval.Config.Compiling;

/// <summary>
/// Tests what a match asks for besides host and path. Values of a repeated header are compared joined by a
/// comma
/// (RFC 9110 §5.3); of a repeated query parameter the first counts (Gateway API, HTTPQueryParamMatch).
/// </summary>
internal static class PredicateTest
{
    /// <summary>The first predicate that does not hold.</summary>
    public static FailedPredicate Run<THeaders>(
        RouteTables tables, in Predicate predicate, scoped in RequestTarget target,
        scoped ref THeaders headers)
        where THeaders : IRequestHeaders, allows ref struct
    {
        int reader = target.Reader;
        if (predicate.PathRegex >= 0 && !IsRegexMatch(tables, predicate.PathRegex, reader, target.Path))
            return FailedPredicate.Path;
        if (predicate.Method.Count > 0 && !tables.Bytes.Slice(predicate.Method).SequenceEqual(target.Method))
            return FailedPredicate.Method;
        foreach (ref readonly ValuePredicate header in tables.Values.Slice(predicate.Headers))
        {
            ReadOnlySpan<byte> name = tables.Bytes.Slice(header.Name);
            bool holds = header.Regex < 0
                ? IsHeaderEqual(name, tables.Bytes.Slice(header.Value), ref headers)
                : IsHeaderRegexMatch(tables, header.Regex, reader, name, ref headers);
            if (!holds)
                return FailedPredicate.Header;
        }

        foreach (ref readonly ValuePredicate query in tables.Values.Slice(predicate.Query))
        {
            ReadOnlySpan<byte> name = tables.Bytes.Slice(query.Name);
            if (!QueryText.TryFind(target.Query, name, out ReadOnlySpan<byte> value))
                return FailedPredicate.Query;
            bool holds = query.Regex < 0
                ? QueryText.IsEqual(value, tables.Bytes.Slice(query.Value))
                : IsQueryRegexMatch(tables, query.Regex, reader, value);
            if (!holds)
                return FailedPredicate.Query;
        }

        return FailedPredicate.None;
    }

    private static bool IsHeaderEqual<THeaders>(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> wanted, scoped ref THeaders headers)
        where THeaders : IRequestHeaders, allows ref struct
    {
        bool isFound = false;
        for (int i = 0; i < headers.Count; i++)
        {
            if (!Ascii.EqualsIgnoreCase(headers.Name(i), name))
                continue;
            if (isFound)
            {
                if (wanted is not [(byte)',', ..])
                    return false;
                wanted = wanted[1..];
            }

            ReadOnlySpan<byte> value = headers.Value(i);
            if (!wanted.StartsWith(value))
                return false;
            wanted = wanted[value.Length..];
            isFound = true;
        }

        return isFound && wanted.IsEmpty;
    }

    [SkipLocalsInit]
    private static bool IsHeaderRegexMatch<THeaders>(
        RouteTables tables, int regex, int reader, ReadOnlySpan<byte> name, scoped ref THeaders headers)
        where THeaders : IRequestHeaders, allows ref struct
    {
        Span<char> text = stackalloc char[ConfigLimits.RegexInputBytes];
        int length = -1;
        for (int i = 0; i < headers.Count; i++)
        {
            if (!Ascii.EqualsIgnoreCase(headers.Name(i), name))
                continue;
            ReadOnlySpan<byte> value = headers.Value(i);
            int start = length + 1;
            if (start + value.Length > text.Length)
            {
                tables.Regexes.CountOverflow(reader);
                return false;
            }

            if (start > 0)
                text[length] = ',';
            length = start + Encoding.Latin1.GetChars(value, text[start..]);
        }

        return length >= 0 && tables.Regexes.IsMatch(regex, reader, text[..length]);
    }

    [SkipLocalsInit]
    private static bool IsQueryRegexMatch(
        RouteTables tables, int regex, int reader, ReadOnlySpan<byte> encoded)
    {
        Span<char> text = stackalloc char[ConfigLimits.RegexInputBytes];
        int length = 0;
        for (int at = 0; at < encoded.Length; length++)
        {
            if (length == text.Length)
            {
                tables.Regexes.CountOverflow(reader);
                return false;
            }

            text[length] = (char)QueryText.Decode(encoded, ref at);
        }

        return tables.Regexes.IsMatch(regex, reader, text[..length]);
    }

    [SkipLocalsInit]
    private static bool IsRegexMatch(RouteTables tables, int regex, int reader, ReadOnlySpan<byte> value)
    {
        if (value.Length > ConfigLimits.RegexInputBytes)
        {
            tables.Regexes.CountOverflow(reader);
            return false;
        }

        Span<char> text = stackalloc char[ConfigLimits.RegexInputBytes];
        return tables.Regexes.IsMatch(regex, reader, text[..Encoding.Latin1.GetChars(value, text)]);
    }
}
