using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Reporting;

namespace Serval.Control;

/// <summary>What the objects of one moment amount to, and what changed since the moment before.</summary>
public sealed class Translation
{
    private readonly Lazy<ImmutableArray<Finding>> _findings;
    private readonly Func<IEnumerable<Finding>> _ages;

    internal Translation(
        Snapshot snapshot, StatusReport status, Func<ImmutableArray<Finding>> findings,
        Func<IEnumerable<Finding>> ages)
    {
        Snapshot = snapshot;
        Status = status;
        _findings = new Lazy<ImmutableArray<Finding>>(findings);
        _ages = ages;
    }

    /// <summary>
    /// What routers should run; always valid, whatever the objects held. Lists of which nothing changed since
    /// the translation before are the same arrays.
    /// </summary>
    public Snapshot Snapshot { get; }

    /// <summary>
    /// What makes the snapshot out of the one before; null when they are the same, or when there was none.
    /// </summary>
    public SnapshotDelta? Delta { get; internal init; }

    /// <summary>
    /// The certificates with their keys that the snapshot names, sorted by name. They travel apart from it,
    /// and before it.
    /// </summary>
    public ImmutableArray<KeyPair> KeyPairs { get; internal init; } = [];

    /// <summary>What to tell the authors of the objects.</summary>
    public StatusReport Status { get; }

    /// <summary>Objects whose status changed or ended since the translation before, sorted.</summary>
    internal ImmutableArray<ObjectKey> StatusChanges { get; init; } = [];

    /// <summary>
    /// Every problem and notable decision, sorted by subject. Put together when first asked for; what time
    /// does to certificates is found whenever it is asked for.
    /// </summary>
    public ImmutableArray<Finding> Findings
    {
        get
        {
            Finding[] ages = [.. _ages()];
            return ages.Length == 0
                ? _findings.Value
                :
                [
                    .. _findings.Value.Concat(ages)
                        .OrderBy(finding => finding.Subject, StringComparer.Ordinal),
                ];
        }
    }

    /// <summary>Grows from one reading of a source to the next: a larger one is newer.</summary>
    public long Sequence { get; private init; }

    /// <summary>The same with other findings, ages included, as the result of a reading.</summary>
    internal Translation With(ImmutableArray<Finding> findings, long sequence) => new(
        Snapshot, Status, () => findings, () => [])
    {
        Sequence = sequence,
        Delta = Delta,
        KeyPairs = KeyPairs,
        StatusChanges = StatusChanges,
    };
}
