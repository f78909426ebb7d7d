namespace Serval.DataPlane.Tls.OpenSsl;

/// <summary>Numbers of OpenSSL's headers: ssl.h, tls1.h, bio.h, x509_vfy.h.</summary>
internal static class SslConstants
{
    public const int Tls12 = 0x0303;
    public const int Tls13 = 0x0304;

    // SSL_get_error.
    public const int ErrorWantRead = 2;
    public const int ErrorWantWrite = 3;
    public const int ErrorZeroReturn = 6;

    // SSL_CTX_ctrl and SSL_ctrl.
    public const int ControlMode = 33;
    public const int ControlSessionCache = 44;
    public const int ControlHostname = 55;
    public const int ControlStatusCallback = 63;
    public const int ControlStatusArgument = 64;
    public const int ControlStatusResponse = 71;
    public const int ControlChainCertificate = 89;
    public const int ControlGroups = 92;
    public const int ControlMinVersion = 123;

    // Modes.
    public const int ModePartialWrite = 1;
    public const int ModeMovingBuffer = 2;
    public const int ModeNoAutoChain = 8;
    public const int ModeReleaseBuffers = 16;

    // Options.
    public const ulong OptionNoCompression = 1UL << 17;
    public const ulong OptionPrioritizeChaCha = 1UL << 21;
    public const ulong OptionServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    // Shutdown.
    public const int SentShutdown = 1;

    // Session caches.
    public const int CacheOff = 0;
    public const int CacheClient = 1;
    public const int CacheNoInternal = 0x300;

    // Verification.
    public const int VerifyNone = 0;
    public const int VerifyPeer = 1;
    public const int VerifyRequired = 2;
    public const nint VerifyOk = 0;

    // Info callback.
    public const int InfoLoop = 1;
    public const int InfoRead = 4;
    public const int InfoWrite = 8;
    public const int InfoAlert = 0x4000;

    // BIOs.
    public const int BioSourceSink = 0x0400;
    public const int BioFlagRead = 1;
    public const int BioFlagWrite = 2;
    public const int BioFlagRetry = 8;
    public const int BioFlagsAll = 15;
    public const int BioControlFlush = 11;

    // Callbacks of TLS extensions.
    public const int ExtensionOk = 0;
    public const int ExtensionFatal = 2;
    public const int ExtensionNoAck = 3;

    // Names in certificates.
    public const int SubjectAltName = 85;
    public const int NameDns = 2;
    public const int NameUri = 6;

    /// <summary>EVP_PKEY_RSA, of EVP_PKEY_get_base_id.</summary>
    public const int KeyRsa = 6;

    /// <summary>XN_FLAG_RFC2253.</summary>
    public const nuint NameRfc2253 = 0x1110317;
}
