using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>The ordered changes from what is to what was asked for, and what cannot be brought about and
/// why.</summary>
internal sealed record Plan(IReadOnlyList<VppChange> Changes, IReadOnlyList<Obstacle> Blocked)
{
    public bool IsEmpty => Changes.Count == 0 && Blocked.Count == 0;

    /// <summary>All that is missing, in words; empty when VPP is as asked for.</summary>
    public string[] Describe() =>
        [.. Changes.Select(change => "needed: " + change), .. Blocked.Select(b => b.Problem)];
}
