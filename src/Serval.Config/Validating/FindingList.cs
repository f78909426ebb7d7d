using System.Collections.Immutable;

namespace Serval.Config.Validating;

/// <summary>
/// Collects findings, at most <see cref="ConfigLimits.Findings"/> and one that says that there are more.
/// </summary>
internal sealed class FindingList
{
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();

    /// <summary>Adds an error.</summary>
    public void Add(string subject, string field, string reason, string message)
    {
        if (_findings.Count < ConfigLimits.Findings)
            _findings.Add(new Finding(Severity.Error, subject, field, reason, message));
        else if (_findings.Count == ConfigLimits.Findings)
        {
            _findings.Add(new Finding(
                Severity.Error, "Snapshot", "", Reasons.TooMany, "there are more findings; fix these first"));
        }
    }

    /// <summary>Adds an error unless a fact holds.</summary>
    public void Require(bool isFact, string subject, string field, string reason, string message)
    {
        if (!isFact)
            Add(subject, field, reason, message);
    }

    /// <summary>
    /// Adds an error when a list is longer than it may be; says whether its items are worth a look.
    /// </summary>
    public bool RequireCount(int count, int limit, string subject, string field)
    {
        if (count <= limit)
            return true;
        Add(subject, field, Reasons.TooMany,
            $"has {count} items; at most {limit} are allowed, remove or split some");
        return false;
    }

    /// <summary>What was found, in order.</summary>
    public ImmutableArray<Finding> ToImmutable() => _findings.ToImmutable();
}
