namespace Serval.Config.Model;

/// <summary>What a listener speaks with its downstream.</summary>
public enum ListenerProtocol
{
    /// <summary>HTTP/1.0 and HTTP/1.1 in clear text.</summary>
    Http,

    /// <summary>HTTP over TLS, which Serval terminates.</summary>
    Https,

    /// <summary>TLS that carries any protocol: passed through, or terminated and spliced.</summary>
    Tls,
}
