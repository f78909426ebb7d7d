using System.Runtime.CompilerServices;

namespace Serval.Config.Compiling;

/// <summary>Room for a path inside a <see cref="PathSlot"/>.</summary>
[InlineArray(Length)]
internal struct PathBytes
{
    /// <summary>How many bytes there are.</summary>
    public const int Length = 27;

    private byte _first;
}
