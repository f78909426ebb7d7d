namespace Serval.Bench.Load.Tls;

/// <summary>What connections of a scenario do with TLS.</summary>
internal enum TlsUse
{
    /// <summary>Nothing: clear text.</summary>
    None,

    /// <summary>The proxy ends TLS. Every connection makes a full handshake.</summary>
    Terminated,

    /// <summary>The proxy ends TLS. Every connection but the first resumes the session before it.</summary>
    Resumed,

    /// <summary>The proxy reads the server name and passes all bytes on.</summary>
    PassedThrough,
}
