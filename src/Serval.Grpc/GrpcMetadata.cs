using System.Collections;
using System.Text;

namespace Serval.Grpc;

/// <summary>Ordered key and value pairs that travel beside messages. Keys are lower case; a key that ends in
/// <c>-bin</c> holds bytes, every other key printable ASCII.</summary>
public sealed class GrpcMetadata : IEnumerable<KeyValuePair<string, string>>
{
    internal const string BinarySuffix = "-bin";
    private readonly List<KeyValuePair<string, string>> _entries = [];

    /// <summary>The number of pairs.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds a text value.</summary>
    /// <exception cref="ArgumentException">The key or the value cannot be put on the wire.</exception>
    public void Add(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        RequireKey(key);
        if (key.EndsWith(BinarySuffix, StringComparison.Ordinal))
            throw new ArgumentException("a key that ends in -bin takes bytes", nameof(key));
        foreach (char c in value)
        {
            if (c is < ' ' or > '~')
                throw new ArgumentException("a metadata value is printable ASCII", nameof(value));
        }

        _entries.Add(new(key, value));
    }

    /// <summary>Adds bytes under a key that ends in <c>-bin</c>.</summary>
    /// <exception cref="ArgumentException">The key is not a binary key.</exception>
    public void Add(string key, ReadOnlySpan<byte> value)
    {
        ArgumentNullException.ThrowIfNull(key);
        RequireKey(key);
        if (!key.EndsWith(BinarySuffix, StringComparison.Ordinal))
            throw new ArgumentException("a key for bytes ends in -bin", nameof(key));
        _entries.Add(new(key, Convert.ToBase64String(value).TrimEnd('=')));
    }

    /// <summary>The first value of <paramref name="key"/>, or null. Binary values are base64 text
    /// here.</summary>
    public string? Find(string key)
    {
        foreach (KeyValuePair<string, string> entry in _entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase))
                return entry.Value;
        }

        return null;
    }

    /// <summary>The first value of a binary key, or null when it is absent or not base64.</summary>
    public byte[]? FindBytes(string key)
    {
        string? text = Find(key);
        if (text is null)
            return null;

        // The protocol lets either side leave the padding out.
        string padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out int count) ? bytes[..count] : null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void AddReceived(string key, string value) => _entries.Add(new(key.ToLowerInvariant(), value));

    /// <summary>True for headers that belong to HTTP or to gRPC itself and are not metadata.</summary>
    internal static bool IsReserved(string key) =>
        key.Length == 0 || key[0] == ':' || key.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
        || key.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || key.Equals("content-length", StringComparison.OrdinalIgnoreCase)
        || key.Equals("te", StringComparison.OrdinalIgnoreCase)
        || key.Equals("host", StringComparison.OrdinalIgnoreCase)
        || key.Equals("user-agent", StringComparison.OrdinalIgnoreCase)
        || key.Equals("date", StringComparison.OrdinalIgnoreCase)
        || key.Equals("server", StringComparison.OrdinalIgnoreCase);

    private static void RequireKey(string key)
    {
        if (IsReserved(key))
            throw new ArgumentException($"'{key}' is reserved", nameof(key));
        foreach (Rune rune in key.EnumerateRunes())
        {
            if (rune.Value is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_' or '.'))
                throw new ArgumentException(
                    "a metadata key is lower case letters, digits, '-', '_' and '.'", nameof(key));
        }
    }
}
