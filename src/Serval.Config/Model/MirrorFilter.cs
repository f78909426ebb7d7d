namespace Serval.Config.Model;

/// <summary>
/// Sends a copy of a share of a rule's requests to another cluster (Gateway API HTTPRequestMirrorFilter).
/// What becomes of a copy never shows in the exchange itself. May occur several times.
/// </summary>
public sealed record MirrorFilter : Filter
{
    /// <summary>Where copies go; null where the reference does not resolve: then none is made.</summary>
    public string? Cluster { get; init; }

    /// <summary>Of <see cref="Denominator"/> requests as many are copied.</summary>
    public int Numerator { get; init; } = 1;

    /// <summary>See <see cref="Numerator"/>; 1 or more.</summary>
    public int Denominator { get; init; } = 1;
}
