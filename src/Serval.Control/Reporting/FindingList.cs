using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Control.Reporting;

/// <summary>Collects the findings about one object or file.</summary>
/// <remarks>
/// Owner: the call that made it. Bound: <see cref="Limits.FindingsMax"/>, then one that says so.
/// </remarks>
internal sealed class FindingList(string subject)
{
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();

    /// <summary>True once an error was added, kept or not.</summary>
    public bool HasErrors { get; private set; }

    public ImmutableArray<Finding> ToImmutable() => _findings.ToImmutable();

    public void Error(string field, string reason, string message) =>
        Add(Severity.Error, field, reason, message);

    public void Warning(string field, string reason, string message) =>
        Add(Severity.Warning, field, reason, message);

    public void Notice(string field, string reason, string message) =>
        Add(Severity.Notice, field, reason, message);

    private void Add(Severity severity, string field, string reason, string message)
    {
        HasErrors |= severity == Severity.Error;
        if (_findings.Count < Limits.FindingsMax)
            _findings.Add(new Finding(severity, subject, field, reason, message));
        else if (_findings.Count == Limits.FindingsMax)
        {
            _findings.Add(new Finding(
                severity, subject, "", Reason.TooMany, "There are more findings; repair these first."));
        }
    }
}
