namespace Serval.Config.Model;

/// <summary>What part of the path is replaced.</summary>
public enum PathChangeKind
{
    /// <summary>The whole path; the query stays.</summary>
    ReplaceFull,

    /// <summary>The prefix that the rule matched; the rest and the query stay.</summary>
    ReplacePrefix,
}
