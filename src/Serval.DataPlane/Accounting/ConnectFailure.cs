namespace Serval.DataPlane.Accounting;

/// <summary>Why a connection to an endpoint was not established; the kinds are labels of metrics.</summary>
internal enum ConnectFailure : byte
{
    /// <summary>Nothing listens there.</summary>
    Refused,

    /// <summary>Connecting, the TLS handshake included, took too long.</summary>
    TimedOut,

    /// <summary>The endpoint, or something on the way, reset or aborted it.</summary>
    Reset,

    /// <summary>No network or no host was found on the way.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed, or the certificate was not accepted.</summary>
    Tls,

    /// <summary>Anything else: above all what this machine lacks, such as descriptors or ports.</summary>
    Other,
}
