using System.Text.Json;

namespace Serval.Config.Wire.Reading;

/// <summary>
/// Reads a text that is written the plain way in one pass over the library's tokens, several times as fast as
/// the serialiser. Null for anything else: what is wrong with a text is never said here, and what is right
/// but unusual (an escaped name) is taken by the serialiser.
/// </summary>
internal static class PlainReader
{
    private static readonly ValueReaders Readers = new(SnapshotJsonContract.Options);

    /// <summary>What the whole text says; null where it is not certain.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> utf8) where T : class
    {
        JsonTokens tokens = new(utf8);
        try
        {
            // Behind the value nothing may follow: reading on then throws.
            return tokens.Read() && Readers.Of<T?>().TryRead(ref tokens, out T? value) && !tokens.Read()
                ? value
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
