namespace Serval.Config.Compiling;

/// <summary>What a match asks for besides host and path. Blittable.</summary>
internal struct Predicate
{
    /// <summary>Regular expression for the path; -1 means none.</summary>
    public int PathRegex;

    /// <summary>The method; empty means any.</summary>
    public Slice Method;

    /// <summary>Header predicates.</summary>
    public Slice Headers;

    /// <summary>Query predicates.</summary>
    public Slice Query;
}
