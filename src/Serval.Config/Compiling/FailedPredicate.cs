namespace Serval.Config.Compiling;

/// <summary>The first thing asked for by a match that a request did not have.</summary>
public enum FailedPredicate
{
    /// <summary>Nothing failed: the match selected its rule.</summary>
    None,

    /// <summary>The path.</summary>
    Path,

    /// <summary>The method.</summary>
    Method,

    /// <summary>A header.</summary>
    Header,

    /// <summary>A query parameter.</summary>
    Query,
}
