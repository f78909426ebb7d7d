namespace Serval.Config.Validating;

/// <summary>The words for <see cref="Finding.Reason"/> that every part uses.</summary>
public static class Reasons
{
    /// <summary>A required value is absent.</summary>
    public const string Missing = "MissingField";

    /// <summary>A value is not of the form or in the range that it must have.</summary>
    public const string InvalidValue = "InvalidValue";

    /// <summary>Two things share what must be unique.</summary>
    public const string Duplicate = "Duplicate";

    /// <summary>A name refers to nothing.</summary>
    public const string NotFound = "NotFound";

    /// <summary>There are more than <see cref="ConfigLimits"/> allows.</summary>
    public const string TooMany = "TooMany";

    /// <summary>A regular expression that cannot be used.</summary>
    public const string InvalidRegex = "InvalidRegex";

    /// <summary>Values that exclude each other.</summary>
    public const string Conflict = "Conflict";

    /// <summary>A setting that changes nothing.</summary>
    public const string NoEffect = "NoEffect";

    /// <summary>Text that is not JSON.</summary>
    public const string MalformedJson = "MalformedJson";

    /// <summary>JSON that is not of the form of a snapshot.</summary>
    public const string UnexpectedJson = "UnexpectedJson";
}
