using System.Buffers.Binary;
using Serval.DataPlane.Buffers;

namespace Serval.DataPlane.Tls;

/// <summary>
/// Reads the ClientHello that a TLS client begins with (RFC 8446 §4.1.2), across segments, records and
/// fragments, and takes the server name out of it (RFC 6066 §3) and whether an authority validates a name
/// (RFC 8737). It changes nothing: the bytes go to OpenSSL
/// or to an endpoint as they came. With an encrypted ClientHello the name is the outer one, which is meant
/// for whoever stands in front.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.ClientHelloBytesMax"/>.
/// </summary>
internal sealed class HelloReader(BufferPool buffers, SegmentPool segments)
{
    /// <summary>Bytes of a server name; more: the hello is refused, as OpenSSL does.</summary>
    public const int NameBytesMax = 255;

    /// <summary>What every TLS client begins with.</summary>
    public const byte HandshakeRecord = 22;

    private const byte ClientHelloMessage = 1;
    private const int RecordHeaderBytes = 5;
    private const int MessageHeaderBytes = 4;
    private const int FragmentBytesMax = 16_384;
    private const int ServerNameExtension = 0;
    private const int ProtocolsExtension = 16;
    private readonly byte[] _message = new byte[MessageHeaderBytes + Limits.ClientHelloBytesMax];
    private readonly byte[] _name = new byte[NameBytesMax];
    private int _nameLength;

    /// <summary>Why a hello was rejected.</summary>
    public TlsAlert Alert { get; private set; }

    /// <summary>
    /// The server name of a complete hello, in lower case and without a trailing dot; empty when there is
    /// none.
    /// </summary>
    public ReadOnlySpan<byte> ServerName => _name.AsSpan(0, _nameLength);

    /// <summary>
    /// Whether <c>acme-tls/1</c> is the only protocol that a complete hello offers by ALPN (RFC 8737 §3): an
    /// authority wants the certificate of a challenge.
    /// </summary>
    public bool IsChallenge { get; private set; }

    // The extension: the length of the list, then each name behind its length (RFC 7301 §3.1).
    private static ReadOnlySpan<byte> ChallengeProtocols => "\0\u000b\u000aacme-tls/1"u8;

    /// <summary>Reads what a client has sent so far.</summary>
    public HelloStatus Read(in SegmentQueue received)
    {
        (_nameLength, Alert, IsChallenge) = (0, TlsAlert.None, false);
        int have = 0;
        ByteCursor cursor = new(buffers, segments, in received);
        Span<byte> header = stackalloc byte[RecordHeaderBytes];
        while (true)
        {
            int headerBytes = cursor.Read(header);
            if (headerBytes > 0 && header[0] != HandshakeRecord) return Reject(TlsAlert.UnexpectedMessage);
            if (headerBytes > 1 && header[1] != 3) return Reject(TlsAlert.ProtocolVersion);
            if (headerBytes < RecordHeaderBytes) return HelloStatus.Incomplete;
            int fragment = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
            // RFC 8446 §5.1: fragments of handshake messages are not empty.
            if (fragment == 0) return Reject(TlsAlert.UnexpectedMessage);
            if (fragment > FragmentBytesMax) return Reject(TlsAlert.RecordOverflow);
            int taken = cursor.Read(_message.AsSpan(have, Math.Min(fragment, _message.Length - have)));
            have += taken;
            HelloStatus status = Judge(have);
            if (status != HelloStatus.Incomplete || taken < fragment) return status;
        }
    }

    private HelloStatus Judge(int have)
    {
        if (have > 0 && _message[0] != ClientHelloMessage) return Reject(TlsAlert.UnexpectedMessage);
        if (have < MessageHeaderBytes) return HelloStatus.Incomplete;
        int length = (_message[1] << 16) | (_message[2] << 8) | _message[3];
        if (length > Limits.ClientHelloBytesMax) return Reject(TlsAlert.IllegalParameter);
        if (have < MessageHeaderBytes + length) return HelloStatus.Incomplete;
        TlsAlert alert = Parse(_message.AsSpan(MessageHeaderBytes, length));
        return alert == TlsAlert.None ? HelloStatus.Complete : Reject(alert);
    }

    private TlsAlert Parse(ReadOnlySpan<byte> hello)
    {
        const int versionAndRandom = 2 + 32;
        const int sessionBytesMax = 32;
        if (hello.Length < versionAndRandom) return TlsAlert.DecodeError;
        hello = hello[versionAndRandom..];
        bool isFramed = TryTake(ref hello, 1, out ReadOnlySpan<byte> session)
            && session.Length <= sessionBytesMax
            && TryTake(ref hello, 2, out ReadOnlySpan<byte> ciphers)
            && ciphers.Length >= 2 && ciphers.Length % 2 == 0
            && TryTake(ref hello, 1, out ReadOnlySpan<byte> compression) && !compression.IsEmpty;
        if (!isFramed) return TlsAlert.DecodeError;
        if (hello.IsEmpty) return TlsAlert.None;
        if (!TryTake(ref hello, 2, out ReadOnlySpan<byte> extensions) || !hello.IsEmpty)
            return TlsAlert.DecodeError;
        bool hasName = false;
        while (!extensions.IsEmpty)
        {
            if (extensions.Length < 2) return TlsAlert.DecodeError;
            int kind = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, 2, out ReadOnlySpan<byte> extension)) return TlsAlert.DecodeError;
            if (kind == ProtocolsExtension) IsChallenge = extension.SequenceEqual(ChallengeProtocols);
            if (kind != ServerNameExtension) continue;
            // RFC 8446 §4.2: no extension comes twice.
            if (hasName) return TlsAlert.IllegalParameter;
            hasName = true;
            TlsAlert alert = TakeName(extension);
            if (alert != TlsAlert.None) return alert;
        }

        return TlsAlert.None;
    }

    // One name, of the only kind that there is.
    private TlsAlert TakeName(ReadOnlySpan<byte> extension)
    {
        const byte hostName = 0;
        bool isFramed = TryTake(ref extension, 2, out ReadOnlySpan<byte> list) && extension.IsEmpty
            && !list.IsEmpty && list[0] == hostName;
        if (!isFramed) return TlsAlert.DecodeError;
        list = list[1..];
        if (!TryTake(ref list, 2, out ReadOnlySpan<byte> name) || !list.IsEmpty) return TlsAlert.DecodeError;
        if (name.IsEmpty) return TlsAlert.DecodeError;
        if (name.Length > NameBytesMax || name.Contains((byte)0)) return TlsAlert.UnrecognizedName;
        if (name.Length > 1 && name[^1] == '.') name = name[..^1];
        for (int i = 0; i < name.Length; i++)
            _name[i] = name[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[i] | 0x20) : name[i];
        _nameLength = name.Length;
        return TlsAlert.None;
    }

    // Takes a vector behind its length, which has so many bytes.
    private static bool TryTake(ref ReadOnlySpan<byte> from, int lengthBytes, out ReadOnlySpan<byte> vector)
    {
        vector = default;
        if (from.Length < lengthBytes) return false;
        int length = lengthBytes == 1 ? from[0] : BinaryPrimitives.ReadUInt16BigEndian(from);
        if (from.Length - lengthBytes < length) return false;
        vector = from.Slice(lengthBytes, length);
        from = from[(lengthBytes + length)..];
        return true;
    }

    private HelloStatus Reject(TlsAlert alert)
    {
        Alert = alert;
        return HelloStatus.Rejected;
    }
}
