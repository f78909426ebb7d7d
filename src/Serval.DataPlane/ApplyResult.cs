using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.DataPlane;

/// <summary>
/// A router's answer to a snapshot: taken (ack), or refused with reasons while the last good one serves on
/// (nack).
/// </summary>
/// <param name="IsAccepted">True when the snapshot is live on every worker.</param>
/// <param name="Version">The version that is live now; null before the first.</param>
/// <param name="Findings">Why it was refused; or what could not be done although it is live, such as a port
/// that is taken.</param>
public sealed record ApplyResult(bool IsAccepted, string? Version, ImmutableArray<Finding> Findings);
