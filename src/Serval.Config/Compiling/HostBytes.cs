using System.Runtime.CompilerServices;

namespace Serval.Config.Compiling;

/// <summary>Room for a hostname and a path inside a <see cref="HostNode"/>.</summary>
[InlineArray(Length)]
internal struct HostBytes
{
    /// <summary>How many bytes there are.</summary>
    public const int Length = 60;

    private byte _first;
}
