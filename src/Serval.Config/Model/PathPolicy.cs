namespace Serval.Config.Model;

/// <summary>
/// What becomes of a path that servers may read in different ways. Whatever it is, the path that was matched
/// is the path that is forwarded. Escapes that are broken, NUL and backslashes are refused by every policy.
/// </summary>
public enum PathPolicy
{
    /// <summary>As the router was started with.</summary>
    Router,

    /// <summary>
    /// Escaped unreserved characters are decoded and dot segments removed (RFC 3986 §6.2.2); an escaped
    /// slash is data and stays.
    /// </summary>
    Default,

    /// <summary>
    /// A path that <see cref="Default"/> would change, or that some servers change, is refused.
    /// </summary>
    Strict,

    /// <summary>Matched and forwarded as it came; the upstream has to read it so too.</summary>
    Raw,
}
