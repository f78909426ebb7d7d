using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Control.Reporting;

/// <summary>Collects the findings about one object or file.</summary>
/// <remarks>Owner: the call that made it. Bound: <see cref="Limits.FindingsMax"/>.</remarks>
internal sealed class FindingList(string subject)
{
    private readonly BoundedFindings _findings = new(Limits.FindingsMax);

    /// <summary>True once an error was added, kept or not.</summary>
    public bool HasErrors => _findings.HasErrors;

    public ImmutableArray<Finding> ToImmutable() => _findings.ToImmutable();

    public void Error(string field, string reason, string message) =>
        _findings.Add(new Finding(Severity.Error, subject, field, reason, message));

    public void Warning(string field, string reason, string message) =>
        _findings.Add(new Finding(Severity.Warning, subject, field, reason, message));

    public void Notice(string field, string reason, string message) =>
        _findings.Add(new Finding(Severity.Notice, subject, field, reason, message));
}
