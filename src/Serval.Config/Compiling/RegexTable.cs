using System.Text.RegularExpressions;

namespace Serval.Config.Compiling;

/// <summary>
/// Regular expressions by id, each with an instance for every reader. Each runs in time linear in its input.
/// A reader that is one thread takes no lock, meets nobody, and allocates only while an automaton grows.
/// </summary>
/// <param name="regexes">By id, then by reader.</param>
/// <param name="readers">How many readers there are; whoever comes without a number is the first.</param>
internal sealed class RegexTable(Regex[][] regexes, int readers)
{
    // Counters of different readers lie in different cache lines.
    private const int Stride = 16;
    private readonly long[] _overflows = new long[readers * Stride];

    /// <summary>How many different expressions there are.</summary>
    public int Count => regexes.Length;

    /// <summary>
    /// How often a value was longer than <see cref="ConfigLimits.RegexInputBytes"/>, and so did not match.
    /// </summary>
    public long Overflows
    {
        get
        {
            long sum = 0;
            for (int i = 0; i < _overflows.Length; i += Stride) sum += Volatile.Read(ref _overflows[i]);
            return sum;
        }
    }

    /// <summary>The instance of a reader; a reader that is not known shares the first one's.</summary>
    public Regex Instance(int id, int reader) => regexes[id][reader < readers ? reader : 0];

    /// <summary>True when the whole text matches.</summary>
    public bool IsMatch(int id, int reader, ReadOnlySpan<char> text) => Instance(id, reader).IsMatch(text);

    /// <summary>Counts a value that was too long.</summary>
    public void CountOverflow(int reader)
    {
        if (reader > 0 && reader < readers) _overflows[reader * Stride]++;
        else Interlocked.Increment(ref _overflows[0]);
    }
}
