using Serval.DataPlane.Rings;
using Tmds.Linux;

namespace Serval.Simulation.Tests.Kernel;

/// <summary>An operation that the worker has submitted and the simulated kernel has not completed.</summary>
internal sealed class Operation(Token token, int slot)
{
    public Token Token => token;

    public int Slot => slot;

    public bool IsMultishot { get; init; }

    public int BytesMax { get; init; }

    public int Listener { get; init; }

    /// <summary>Memory lent for a send, and what it held when it was lent.</summary>
    public iovec[] Runs { get; init; } = [];

    public byte[] Lent { get; init; } = [];

    public int Sent { get; set; }

    /// <summary>True while a send waits for room.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>True once the kernel has begun with it.</summary>
    public bool IsBegun { get; set; }
}
