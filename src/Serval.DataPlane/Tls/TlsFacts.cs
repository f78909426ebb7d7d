namespace Serval.DataPlane.Tls;

/// <summary>What is known of TLS with a client, for its access record.</summary>
internal readonly ref struct TlsFacts
{
    /// <summary>Whether TLS ends here; if not, only the server name is known.</summary>
    public bool IsEndedHere { get; init; }

    /// <summary>Whether TLS 1.3 is spoken, not 1.2.</summary>
    public bool IsTls13 { get; init; }

    /// <summary>Whether a session from before was resumed.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Name of the cipher suite as IANA registers it.</summary>
    public ReadOnlySpan<byte> Cipher { get; init; }

    /// <summary>The server name that was asked for; empty for none.</summary>
    public ReadOnlySpan<byte> ServerName { get; init; }

    /// <summary>What the client's certificate says.</summary>
    public ClientFacts Client { get; init; }
}
