namespace Serval.DataPlane;

/// <summary>
/// What becomes of request headers whose names hold more than letters, digits and hyphens. CGI and its kin
/// read such a character as a hyphen, so <c>X_User</c> can stand for <c>X-User</c>.
/// </summary>
public enum AmbiguousNames
{
    /// <summary>They are dropped and counted, and matching does not see them.</summary>
    Drop,

    /// <summary>
    /// They go on, except those that stand for a field that only Serval may write, such as
    /// <c>X_Forwarded_For</c>.
    /// </summary>
    Forward,

    /// <summary>The request is answered with 400.</summary>
    Refuse,
}
