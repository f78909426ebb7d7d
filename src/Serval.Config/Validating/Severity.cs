namespace Serval.Config.Validating;

/// <summary>What a finding means for the object it names.</summary>
public enum Severity
{
    /// <summary>The object, or the named part of it, is not used.</summary>
    Error,

    /// <summary>It is used, but its author should look.</summary>
    Warning,

    /// <summary>A decision that explains behaviour.</summary>
    Notice,
}
