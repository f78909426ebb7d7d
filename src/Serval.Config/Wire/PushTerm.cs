using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Serval.Config.Wire;

/// <summary>
/// The fencing term of a push: which leader sent it, and the number of its push. A router refuses a push
/// whose term is lower than the last one it accepted, so that a leader that was replaced cannot overwrite
/// what its successor published. Equal terms are accepted: a push may be repeated.
/// </summary>
/// <param name="Epoch">Grows with each change of leadership; not negative.</param>
/// <param name="Generation">Grows with each configuration of one leader; not negative.</param>
public readonly record struct PushTerm(long Epoch, long Generation) : IComparable<PushTerm>
{
    /// <summary>The header with <see cref="Epoch"/>, a decimal number.</summary>
    public const string EpochHeader = "Serval-Term-Epoch";

    /// <summary>The header with <see cref="Generation"/>, a decimal number.</summary>
    public const string GenerationHeader = "Serval-Term-Generation";

    /// <summary>
    /// Reads the values of both headers. Null without a fault where both are absent; null with a fault, which
    /// names the header, where one is missing or not a number.
    /// </summary>
    public static PushTerm? Parse(string? epoch, string? generation, out string? fault)
    {
        fault = null;
        if (string.IsNullOrEmpty(epoch) && string.IsNullOrEmpty(generation))
            return null;
        if (!TryParse(epoch, out long parsedEpoch))
            fault = $"{EpochHeader} must be a decimal number from 0, got '{epoch}'.";
        else if (!TryParse(generation, out long parsedGeneration))
            fault = $"{GenerationHeader} must be a decimal number from 0, got '{generation}'.";
        else
            return new PushTerm(parsedEpoch, parsedGeneration);
        return null;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PushTerm? term)
    {
        string[] parts = text.Split('.');
        term = parts.Length == 2 && TryParse(parts[0], out long epoch)
            && TryParse(parts[1], out long generation)
            ? new PushTerm(epoch, generation)
            : null;
        return term is not null;
    }

    /// <inheritdoc/>
    public int CompareTo(PushTerm other)
    {
        int epochs = Epoch.CompareTo(other.Epoch);
        return epochs != 0 ? epochs : Generation.CompareTo(other.Generation);
    }

    /// <summary>Both numbers, with a full stop between them.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Epoch}.{Generation}");

    private static bool TryParse(string? text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Whether the left term is older.</summary>
    public static bool operator <(PushTerm left, PushTerm right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left term is newer.</summary>
    public static bool operator >(PushTerm left, PushTerm right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left term is older or the same.</summary>
    public static bool operator <=(PushTerm left, PushTerm right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left term is newer or the same.</summary>
    public static bool operator >=(PushTerm left, PushTerm right) => left.CompareTo(right) >= 0;
}
