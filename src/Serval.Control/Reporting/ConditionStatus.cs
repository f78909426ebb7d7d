namespace Serval.Control.Reporting;

/// <summary>Whether a condition holds.</summary>
public enum ConditionStatus
{
    /// <summary>It is not known yet.</summary>
    Unknown,

    /// <summary>It holds.</summary>
    True,

    /// <summary>It does not hold.</summary>
    False,
}
