using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Serval.Config.Wire.Reading;

/// <summary>The tokens of one text, and the strings that were made of them lately.</summary>
internal ref struct JsonTokens
{
    private const int BytesPerRecentString = 256;
    private const int RecentStringsMin = 16;
    private const int RecentStringsMax = 8_192;
    private const int RecentBytesMax = 64;

    // A configuration says the same names over and over: a name that is still here is not made again.
    private readonly string?[] _recent;
    private Utf8JsonReader _json;

    public JsonTokens(ReadOnlySpan<byte> utf8)
    {
        _json = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ConfigLimits.JsonDepth });
        int names = Math.Clamp(utf8.Length / BytesPerRecentString, RecentStringsMin, RecentStringsMax);
        _recent = new string?[BitOperations.RoundUpToPowerOf2((uint)names)];
    }

    /// <summary>What the token is.</summary>
    public readonly JsonTokenType Type => _json.TokenType;

    /// <summary>The bytes of a name, as they are written.</summary>
    public readonly ReadOnlySpan<byte> RawName => _json.ValueSpan;

    /// <summary>Goes to the next token; false behind the last.</summary>
    public bool Read() => _json.Read();

    /// <summary>Goes to the end of the value whose name or begin is the token.</summary>
    public void Skip() => _json.Skip();

    /// <summary>The number, if it is one that fits.</summary>
    public readonly bool TryRead(out int value)
    {
        value = 0;
        return _json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out value);
    }

    /// <inheritdoc cref="TryRead(out int)"/>
    public readonly bool TryRead(out long value)
    {
        value = 0;
        return _json.TokenType == JsonTokenType.Number && _json.TryGetInt64(out value);
    }

    /// <summary>The string.</summary>
    public readonly string GetString()
    {
        ReadOnlySpan<byte> utf8 = _json.ValueSpan;
        if (_json.ValueIsEscaped || utf8.Length is 0 or > RecentBytesMax)
            return _json.GetString()!;
        ref string? recent = ref _recent[Hash(utf8) & (uint)(_recent.Length - 1)];
        if (recent is null || !Ascii.Equals(utf8, recent))
            recent = _json.GetString()!;
        return recent;
    }

    // What shares a place costs one string more, so this need not be a good hash: names differ at their ends.
    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        ulong ends = (uint)utf8.Length;
        if (utf8.Length >= sizeof(ulong))
            ends += BinaryPrimitives.ReadUInt64LittleEndian(utf8) * 31
                + BinaryPrimitives.ReadUInt64LittleEndian(utf8[^sizeof(ulong)..]);
        else if (utf8.Length >= sizeof(uint))
            ends += ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(utf8) << 32)
                + BinaryPrimitives.ReadUInt32LittleEndian(utf8[^sizeof(uint)..]);
        else
            ends += ((ulong)utf8[0] << 16) + ((ulong)utf8[utf8.Length / 2] << 8) + utf8[^1];
        return (uint)((ends * Multiplier) >> 40);
    }
}
