namespace Serval.DataPlane.Http;

/// <summary>What an operator decides about requests beyond what the protocol does.</summary>
/// <param name="ForwardsTrace">
/// Whether TRACE goes upstream. It echoes what a browser may not read, so it is answered 405 unless asked
/// for.
/// </param>
/// <param name="AmbiguousNames">What becomes of header names with more than one reading.</param>
/// <param name="MakesTraceParents">
/// Whether a request without a valid <c>traceparent</c> gets one; otherwise the field is left alone.
/// </param>
internal sealed record RequestPolicy(
    bool ForwardsTrace = false, AmbiguousNames AmbiguousNames = AmbiguousNames.Drop,
    bool MakesTraceParents = true)
{
    /// <summary>What holds unless an option says otherwise.</summary>
    public static RequestPolicy Default { get; } = new();
}
