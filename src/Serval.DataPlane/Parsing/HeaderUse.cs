namespace Serval.DataPlane.Parsing;

/// <summary>What becomes of a header line on its way through.</summary>
internal enum HeaderUse : byte
{
    /// <summary>Goes on as it came.</summary>
    EndToEnd,

    /// <summary>Is dropped and written anew from what was parsed: Host and the framing fields.</summary>
    Rewritten,

    /// <summary>Ends here (RFC 9110 §7.6.1).</summary>
    HopByHop,

    /// <summary>Claims what only a trusted proxy may claim. Dropped, and matching does not see it.</summary>
    Untrusted,

    /// <summary>
    /// Has an underscore in its name, which many servers cannot tell from a hyphen. Dropped, and matching
    /// does not see it.
    /// </summary>
    Underscore,
}
