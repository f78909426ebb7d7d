using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Serval.Config.Validating;

/// <summary>
/// Collects the findings about a snapshot. Bound: <see cref="ConfigLimits.Findings"/>.
/// </summary>
internal sealed class FindingList
{
    private readonly BoundedFindings _findings = new(ConfigLimits.Findings);
    private int _warnings;

    /// <summary>Adds an error.</summary>
    public void Add(Subject subject, string field, string reason, string message) =>
        Add(Severity.Error, subject, field, reason, message);

    /// <summary>Adds a warning: the snapshot is used all the same.</summary>
    public void Warn(Subject subject, string field, string reason, string message)
    {
        // Warnings must not use up the room of errors, which decide.
        if (_warnings < ConfigLimits.Findings / 2)
            Add(Severity.Warning, subject, field, reason, message);
        _warnings++;
    }

    private void Add(Severity severity, Subject subject, string field, string reason, string message) =>
        _findings.Add(new Finding(severity, subject.ToString(), field, reason, message));

    /// <summary>Adds an error unless a fact holds.</summary>
    public void Require(
        bool isFact,
        Subject subject,
        [InterpolatedStringHandlerArgument(nameof(isFact))] FaultText field,
        string reason,
        [InterpolatedStringHandlerArgument(nameof(isFact))] FaultText message)
    {
        if (!isFact)
            Add(subject, field.ToStringAndClear(), reason, message.ToStringAndClear());
    }

    /// <summary>
    /// Adds an error when a list is longer than it may be; says whether its items are worth a look.
    /// </summary>
    public bool RequireCount(
        int count,
        int limit,
        Subject subject,
        [InterpolatedStringHandlerArgument(nameof(count), nameof(limit))] FaultText field)
    {
        if (count <= limit)
            return true;
        Add(subject, field.ToStringAndClear(), Reasons.TooMany,
            $"has {count} items; at most {limit} are allowed, remove or split some");
        return false;
    }

    /// <summary>What was found, in order.</summary>
    public ImmutableArray<Finding> ToImmutable() => _findings.ToImmutable();
}
