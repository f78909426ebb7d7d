namespace Serval.DataPlane.Http;

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
    /// Has more than letters, digits and hyphens in its name, so that some servers cannot tell it from
    /// another (CGI reads <c>X_Forwarded_For</c> as <c>X-Forwarded-For</c>). Dropped unless an option says
    /// otherwise, and then matching does not see it.
    /// </summary>
    Ambiguous,
}
