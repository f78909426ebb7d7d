namespace Serval.Config.Model;

/// <summary>Who ends the downstream's TLS.</summary>
public enum TlsMode
{
    /// <summary>Serval ends it, with a certificate of the listener.</summary>
    Terminate,

    /// <summary>The upstream ends it; Serval reads the ClientHello and passes every byte on.</summary>
    Passthrough,
}
