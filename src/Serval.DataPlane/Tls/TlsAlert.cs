namespace Serval.DataPlane.Tls;

/// <summary>Alerts of RFC 8446 §6 that Serval itself sends; OpenSSL sends others.</summary>
internal enum TlsAlert : byte
{
    None = 0,
    UnexpectedMessage = 10,
    RecordOverflow = 22,
    HandshakeFailure = 40,
    IllegalParameter = 47,
    DecodeError = 50,
    ProtocolVersion = 70,
    InternalError = 80,
    UnrecognizedName = 112,
}
