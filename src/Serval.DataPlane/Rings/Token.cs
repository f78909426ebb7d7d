namespace Serval.DataPlane.Rings;

/// <summary>
/// <c>user_data</c> of a submission: what kind of operation, on which slot, in which of the slot's lives.
/// </summary>
/// <param name="Value">kind:8 · generation:24 · slot:32.</param>
internal readonly record struct Token(ulong Value)
{
    public const uint GenerationMask = 0xFF_FFFF;

    public Token(TokenKind kind, int slot, uint generation)
        : this(((ulong)kind << 56) | ((ulong)(generation & GenerationMask) << 32) | (uint)slot)
    {
    }

    public TokenKind Kind => (TokenKind)(Value >> 56);

    public int Slot => (int)(uint)Value;

    public uint Generation => (uint)(Value >> 32) & GenerationMask;
}
