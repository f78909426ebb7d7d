namespace Serval.Config.Model;

/// <summary>How a path is compared.</summary>
public enum PathMatchKind
{
    /// <summary>The same bytes, case-sensitive.</summary>
    Exact,

    /// <summary>
    /// A prefix by whole elements: <c>/a</c> matches <c>/a</c>, <c>/a/</c> and <c>/a/b</c>, not <c>/ab</c>.
    /// Considered last, the longest first.
    /// </summary>
    Prefix,

    /// <summary>
    /// The whole path matches a regular expression in linear time; considered between exact paths and
    /// prefixes, the longest expression first.
    /// </summary>
    Regex,
}
