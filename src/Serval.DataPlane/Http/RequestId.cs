using System.Buffers;
using System.Buffers.Binary;

namespace Serval.DataPlane.Http;

/// <summary>
/// What an exchange is known by to the client, to the upstream and in the log: 128 random bits as 32 hex
/// digits, or what a trusted proxy in front has called it. The default value is no id.
/// </summary>
internal readonly ref struct RequestId
{
    /// <summary>Digits of an id that Serval makes.</summary>
    public const int Digits = 32;

    private static readonly SearchValues<byte> Safe = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~+/=:"u8);

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ReadOnlySpan<byte> _given;

    /// <param name="high">The upper half of the random bits.</param>
    /// <param name="low">The lower half.</param>
    /// <param name="given">What a trusted proxy has called it; empty if it has not.</param>
    public RequestId(ulong high, ulong low, ReadOnlySpan<byte> given = default)
    {
        _high = high;
        _low = low;
        _given = given;
        IsPresent = true;
    }

    /// <summary>False where ids are turned off.</summary>
    public bool IsPresent { get; }

    /// <summary>
    /// Whether an id that a trusted proxy sends may be kept: it is short, and no log or shell reads more into
    /// it than an id.
    /// </summary>
    public static bool IsAcceptable(ReadOnlySpan<byte> id) =>
        id.Length is > 0 and <= Limits.RequestIdBytesMax && !id.ContainsAnyExcept(Safe);

    /// <summary>Writes the header line, if there is an id.</summary>
    public void Write<TEncoder>(ref TEncoder encoder)
        where TEncoder : struct, IHeadEncoder, allows ref struct
    {
        if (!IsPresent)
            return;
        encoder.BeginLine("X-Request-Id: "u8);
        if (_given.IsEmpty)
        {
            encoder.AddHex(_high);
            encoder.AddHex(_low);
        }
        else
        {
            encoder.Add(_given);
        }

        encoder.EndLine();
    }

    /// <summary>The id as text, which is written into the scratch space where it is random.</summary>
    public ReadOnlySpan<byte> Text(Span<byte> scratch) => _given.IsEmpty ? Hex(_high, _low, scratch) : _given;

    /// <summary>128 bits as 32 lower-case hex digits.</summary>
    public static ReadOnlySpan<byte> Hex(ulong high, ulong low, Span<byte> scratch)
    {
        Span<byte> octets = stackalloc byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(octets, high);
        BinaryPrimitives.WriteUInt64BigEndian(octets[sizeof(ulong)..], low);
        bool isWritten = Convert.TryToHexStringLower(octets, scratch, out int length);
        Invariant.Check(isWritten, "an id has 32 digits");
        return scratch[..length];
    }
}
