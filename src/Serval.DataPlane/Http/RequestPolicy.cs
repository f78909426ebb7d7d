namespace Serval.DataPlane.Http;

/// <summary>What an operator decides about requests beyond what the protocol does.</summary>
/// <param name="ForwardsTrace">
/// Whether TRACE goes upstream. It echoes what a browser may not read, so it is answered 405 unless asked
/// for.
/// </param>
/// <param name="AmbiguousNames">What becomes of header names with more than one reading.</param>
internal sealed record RequestPolicy(
    bool ForwardsTrace = false, AmbiguousNames AmbiguousNames = AmbiguousNames.Drop)
{
    /// <summary>What holds unless an option says otherwise.</summary>
    public static RequestPolicy Default { get; } = new();
}
