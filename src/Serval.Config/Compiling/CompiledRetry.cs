using System.Runtime.CompilerServices;

namespace Serval.Config.Compiling;

/// <summary>When requests of a rule are sent again. Blittable; see <see cref="Model.RetryPolicy"/>.</summary>
public readonly record struct CompiledRetry
{
    private const int CodeMin = 400;
    private const int BitsPerWord = 64;
    private readonly Words _codes;

    /// <summary>With the statuses that lead to another attempt.</summary>
    public CompiledRetry(ReadOnlySpan<int> codes)
    {
        foreach (int code in codes)
            _codes[(code - CodeMin) / BitsPerWord] |= 1UL << ((code - CodeMin) % BitsPerWord);
    }

    /// <summary>Attempts after the first.</summary>
    public required int Attempts { get; init; }

    /// <summary>Shortest time before the first of them, milliseconds.</summary>
    public required int BackoffMs { get; init; }

    /// <summary>Whether a response of this status leads to another attempt.</summary>
    public bool Has(int status)
    {
        int bit = status - CodeMin;
        return bit >= 0 && bit < Words.Count * BitsPerWord
            && (_codes[bit / BitsPerWord] >> (bit % BitsPerWord) & 1) != 0;
    }

    [InlineArray(Count)]
    private struct Words
    {
        public const int Count = 4;
        private ulong _first;
    }
}
