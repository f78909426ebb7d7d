using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;

namespace Serval.DataPlane.Tls;

/// <summary>
/// What a transport has beside its plain bytes when TLS is spoken on it: the sealed bytes of both directions
/// and OpenSSL's side of the connection.
/// Owner: <see cref="TlsSessions"/>. Bound: one per transport.
/// </summary>
internal struct TlsSession
{
    /// <summary>OpenSSL's SSL; 0 for none.</summary>
    public nint Ssl;

    /// <summary>Received and not yet opened; sealed and not yet taken by the kernel.</summary>
    public SegmentQueue Input;
    public SegmentQueue Output;

    public TlsFlags Flags;

    /// <summary>Alerts of the failure: what we sent and what came; -1 for none.</summary>
    public short AlertSent;
    public short AlertReceived;

    /// <summary>Identity of the listener that the client's hello chose; -1 for an upstream.</summary>
    public int Listener;

    /// <summary>Where its bytes go once it stands, if no HTTP is spoken on it.</summary>
    public Splicing Splicing;

    /// <summary>
    /// Handshake messages and alerts that came after the handshake: each costs work and brings no byte.
    /// </summary>
    public int Messages;

    /// <summary>Plain bytes that were sealed since the owner asked last.</summary>
    public int Sealed;

    /// <summary>
    /// Neighbours among the handshakes in progress, oldest first, and among those that can go on; -1 for
    /// none.
    /// </summary>
    public int OlderHandshake;
    public int NewerHandshake;
    public int ReadyBefore;
    public int ReadyAfter;

    /// <summary>
    /// What the client's certificate says, a <see cref="OpenSsl.ClientText"/> in memory of its own; 0 when
    /// it has shown none that is valid.
    /// </summary>
    public nint Client;

    /// <summary>The session that the endpoint offered to resume later; 0 for none.</summary>
    public nint Resumable;

    public readonly bool Has(TlsFlags flag) => (Flags & flag) != 0;

    public void Set(TlsFlags flag) => Flags |= flag;

    public void Unset(TlsFlags flag) => Flags &= ~flag;
}
