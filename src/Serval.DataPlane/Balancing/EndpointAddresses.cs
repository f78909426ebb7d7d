using SocketAddress = Serval.DataPlane.Rings.SocketAddress;

namespace Serval.DataPlane.Balancing;

/// <summary>
/// Address by endpoint slot, in blocks: what comes after a change shares every block that it leaves alone.
/// Immutable.
/// </summary>
internal sealed class EndpointAddresses
{
    /// <summary>None yet.</summary>
    public static readonly EndpointAddresses Empty = new([]);

    private const int BlockBits = 8;
    private const int BlockSize = 1 << BlockBits;
    private readonly SocketAddress[]?[] _blocks;

    private EndpointAddresses(SocketAddress[]?[] blocks) => _blocks = blocks;

    /// <summary>The address of a slot that was given one.</summary>
    public ref readonly SocketAddress this[int slot] =>
        ref _blocks[slot >> BlockBits]![slot & (BlockSize - 1)];

    /// <summary>The same with the addresses of some slots.</summary>
    public EndpointAddresses With(IReadOnlyList<(int Slot, SocketAddress Address)> changes)
    {
        if (changes.Count == 0) return this;
        int last = 0;
        foreach ((int slot, _) in changes) last = Math.Max(last, slot >> BlockBits);
        SocketAddress[]?[] blocks = new SocketAddress[]?[Math.Max(_blocks.Length, last + 1)];
        _blocks.CopyTo(blocks, 0);
        foreach ((int slot, SocketAddress address) in changes)
        {
            int at = slot >> BlockBits;
            SocketAddress[]? shared = at < _blocks.Length ? _blocks[at] : null;
            if (blocks[at] is null) blocks[at] = new SocketAddress[BlockSize];
            else if (ReferenceEquals(blocks[at], shared)) blocks[at] = [.. shared!];
            blocks[at]![slot & (BlockSize - 1)] = address;
        }

        return new EndpointAddresses(blocks);
    }
}
