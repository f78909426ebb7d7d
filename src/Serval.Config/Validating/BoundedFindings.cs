using System.Collections.Immutable;

namespace Serval.Config.Validating;

/// <summary>Findings up to a bound, and then one that says that there are more.</summary>
/// <remarks>Owner: the list that fills it.</remarks>
/// <param name="max">How many are kept.</param>
public sealed class BoundedFindings(int max)
{
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();

    /// <summary>True once an error was added, kept or not.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Adds a finding while there is room.</summary>
    public void Add(Finding finding)
    {
        HasErrors |= finding.Severity == Severity.Error;
        if (_findings.Count < max)
            _findings.Add(finding);
        else if (_findings.Count == max)
        {
            _findings.Add(finding with
            {
                Field = "",
                Reason = Reasons.TooMany,
                Message = "There are more findings; fix these first.",
            });
        }
    }

    /// <summary>What was found, in order.</summary>
    public ImmutableArray<Finding> ToImmutable() => _findings.ToImmutable();
}
