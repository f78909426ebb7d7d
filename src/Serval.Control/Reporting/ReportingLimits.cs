namespace Serval.Control.Reporting;

/// <summary>
/// Every bound on writing status.
/// </summary>
internal static class ReportingLimits
{
    /// <summary>Writes to the API server at once.</summary>
    public const int WritesAtOnce = 32;

    /// <summary>
    /// Pause between two writes to one object. A Gateway counts its routes, so after a burst of new ones its
    /// last count is this late.
    /// </summary>
    public const int WritePauseMs = 250;

    /// <summary>
    /// Pause of all writes after the API server has refused one for its load and does not say for how long,
    /// before jitter.
    /// </summary>
    public const int ThrottledMs = 1_000;

    /// <summary>Pause before a failed write is tried again, before jitter.</summary>
    public const int RetryMs = 5_000;

    /// <summary>
    /// Time that a status waits for the routers' answer, so that one write tells the outcome instead of two.
    /// </summary>
    public const int AcknowledgeMs = 2_000;

    /// <summary>
    /// Conflicts of one write that are answered with a fresh read at once; then it is tried later.
    /// </summary>
    public const int ConflictsMax = 5;

    /// <summary>
    /// Time from a change to the look at the status that it asks for: the routers come first, and what they
    /// answer goes into the same write.
    /// </summary>
    public const int LookMs = 20;

    /// <summary>Writes without a rest among them that are a burst: it leaves memory to give back.</summary>
    public const int BurstWrites = 500;

    /// <summary>
    /// Time without a write that is a rest. To give memory back stops the whole process, some half a second
    /// with 5,000 routes, so it must not meet the changes that follow a burst.
    /// </summary>
    public const int RestMs = 5_000;

    /// <summary>Addresses of one Gateway's status, as the CRD allows; further ones are left out.</summary>
    public const int AddressesMax = 16;

    /// <summary>
    /// Matches, each for every listener and hostname that it is attached to, among which those that no
    /// request reaches are looked for; more: none is looked at, and a notice says so.
    /// </summary>
    public const int ShadowLooksMax = 250_000;

    /// <summary>
    /// Regular expressions of one listener and hostname that a later match may be hidden by; further ones are
    /// not compared.
    /// </summary>
    public const int WideMatchesMax = 64;

    /// <summary>
    /// Ancestors in the status of a policy, those of other controllers included: what the Gateway API allows.
    /// Gateways beyond it are left out.
    /// </summary>
    public const int AncestorsMax = 16;
}
