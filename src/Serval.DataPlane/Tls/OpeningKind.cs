namespace Serval.DataPlane.Tls;

/// <summary>What the first bytes on connections of a listening socket can be.</summary>
internal enum OpeningKind : byte
{
    /// <summary>The head of a request.</summary>
    Http,

    /// <summary>A ClientHello.</summary>
    Tls,

    /// <summary>Either, or something else: they are looked at first.</summary>
    Detected,
}
