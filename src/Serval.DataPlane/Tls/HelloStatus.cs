namespace Serval.DataPlane.Tls;

/// <summary>What the first bytes of a TLS client are.</summary>
internal enum HelloStatus
{
    /// <summary>More must come.</summary>
    Incomplete,

    /// <summary>A whole ClientHello.</summary>
    Complete,

    /// <summary>Not TLS, or broken: the alert says how.</summary>
    Rejected,
}
