using System.Text;

namespace Serval.Config.Compiling;

/// <summary>
/// Strings as UTF-8 in one table, each kept once: equal strings get equal slices. Lives for one compilation;
/// the bytes go to the compiled snapshot.
/// </summary>
internal sealed class ByteTable(Table<byte> bytes, KeyedHash hash) : IDisposable
{
    private readonly HashIndex _index = new(bytes);
    private byte[] _scratch = new byte[1024];

    /// <summary>The slice of a string; null is empty.</summary>
    public Slice Add(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return default;
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_scratch.Length < most)
            _scratch = new byte[most];
        return Add(_scratch.AsSpan(0, Encoding.UTF8.GetBytes(text, _scratch)));
    }

    /// <inheritdoc/>
    public void Dispose() => _index.Dispose();

    private Slice Add(ReadOnlySpan<byte> text)
    {
        uint key = (uint)(hash.Of(text) >> 32);
        int start = _index.First(key, text, out _);
        if (start >= 0)
            return new Slice(start, text.Length);
        Slice added = bytes.AddRange(text);
        _index.Add(key, added, added.Start);
        return added;
    }
}
