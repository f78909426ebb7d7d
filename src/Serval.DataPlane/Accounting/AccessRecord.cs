using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// What of a request's head goes into its access record; the head itself is long gone by then.
/// </summary>
internal struct AccessRecord
{
    /// <summary>Bytes of the text; what is longer is cut.</summary>
    public const int TextBytesMax = 2_500;

    /// <summary>Bytes of <see cref="Text"/> in use.</summary>
    public int Length;

    /// <summary>Whether the exchange may be written.</summary>
    public bool IsBegun;

    /// <summary>Bytes of its first piece, of the combined format.</summary>
    public int Split;

    /// <summary>True when the sample chose it; otherwise only its status can.</summary>
    public bool IsSampled;

    /// <summary>What is known of the request, rendered.</summary>
    public TextBytes Text;

    /// <summary>The text's place.</summary>
    [InlineArray(TextBytesMax)]
    public struct TextBytes
    {
        private byte _first;
    }
}
