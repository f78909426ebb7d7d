using System.Runtime.CompilerServices;

namespace Serval.DataPlane.Accounting;

/// <summary>
/// What of a request's head goes into its access record; the head itself is long gone by then.
/// </summary>
internal struct AccessRecord
{
    /// <summary>Bytes of the text; what is longer is cut.</summary>
    public const int TextBytesMax = 1_000;

    /// <summary>Bytes of <see cref="Text"/> in use; 0 when the exchange is not written.</summary>
    public int Length;

    /// <summary>True when the sample chose it; otherwise only its status can.</summary>
    public bool IsSampled;

    /// <summary>JSON members, rendered.</summary>
    public TextBytes Text;

    /// <summary>The text's place.</summary>
    [InlineArray(TextBytesMax)]
    public struct TextBytes
    {
        private byte _first;
    }
}
