namespace Serval.DataPlane.Http1;

/// <summary>Looks for the empty line that ends a head, without looking at any byte twice.</summary>
internal static class HeadEnd
{
    /// <summary>
    /// Whether <paramref name="input"/> holds an empty line after a line. <paramref name="scanned"/> is how
    /// many of its bytes were looked at before; on failure it becomes the length of the input.
    /// </summary>
    public static bool TryFind(ReadOnlySpan<byte> input, ref int scanned)
    {
        ReadOnlySpan<byte> end = "\r\n\r\n"u8;
        int from = Math.Max(0, scanned - (end.Length - 1));
        if (input[from..].IndexOf(end) >= 0)
            return true;
        scanned = input.Length;
        return false;
    }
}
