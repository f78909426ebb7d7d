using System.Runtime.InteropServices;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Tls.OpenSsl;

namespace Serval.DataPlane.Tls;

/// <summary>
/// TLS between the wire and plain bytes, by transport slot: a transport's own queues hold plain bytes, its
/// session's queues hold sealed ones. Handshake, opening (wire to plain) and sealing (plain to wire) have no
/// I/O. OpenSSL is asked for nothing before the first session begins.
/// Owner: the transport table. Thread: its worker's. Bound: one session per transport; bytes by credit.
/// </summary>
internal sealed unsafe partial class TlsSessions : IDisposable
{
    private const int HeaderBytes = 5;
    private const int RecordBytesMax = 16_384;
    private const int GatheredBelowBytes = 4_096;
    private const int NoRecord = -1;
    private readonly BufferPool _buffers;
    private readonly SegmentPool _segments;
    private readonly WorkerCounters _counters;
    private readonly Slab<TlsSession> _slab;
    private readonly Slab<ServerNameText> _names;
    private readonly TlsWire _wire;
    private readonly GCHandle _wireHandle;

    // Where small runs are put together; not touched before.
    private readonly byte* _record = (byte*)NativeMemory.Alloc(RecordBytesMax);

    /// <param name="slots">Transports.</param>
    /// <param name="buffers">Their memory.</param>
    /// <param name="segments">Runs of bytes in it.</param>
    /// <param name="counters">Of sessions that break for want of a buffer.</param>
    public TlsSessions(int slots, BufferPool buffers, SegmentPool segments, WorkerCounters counters)
    {
        _buffers = buffers;
        _segments = segments;
        _counters = counters;
        _slab = new Slab<TlsSession>(slots);
        _names = new Slab<ServerNameText>(slots);
        _wire = new TlsWire(buffers, segments, counters);
        _wireHandle = GCHandle.Alloc(_wire);
    }

    /// <summary>The session of a transport on which TLS is spoken.</summary>
    public ref TlsSession this[int slot] => ref _slab[slot];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Begins a session; what the transport has received so far becomes its sealed input. False when OpenSSL
    /// has no memory.
    /// </summary>
    /// <param name="slot">The transport's.</param>
    /// <param name="context">SSL_CTX; the session holds a reference of its own.</param>
    /// <param name="isClient">Whether we are the client of the two.</param>
    /// <param name="received">The transport's input, which is empty afterwards.</param>
    public bool TryBegin(int slot, nint context, bool isClient, ref SegmentQueue received)
    {
        nint ssl = Ssl.New(context);
        nint bio = ssl == 0 ? 0 : WireBio.New(_wireHandle);
        if (bio == 0)
        {
            if (ssl != 0) Ssl.Free(ssl);
            Crypto.ErrorClear();
            return false;
        }

        // One BIO for both directions: SSL_set_bio takes over the one reference.
        Ssl.SetBio(ssl, bio, bio);
        if (isClient) Ssl.SetConnectState(ssl);
        else Ssl.SetAcceptState(ssl);
        _slab[slot] = new TlsSession
        {
            Ssl = ssl,
            Input = received,
            Flags = isClient ? TlsFlags.IsClient : TlsFlags.None,
            AlertSent = -1,
            AlertReceived = -1,
            Listener = -1,
            Splicing = Splicing.None,
            OlderHandshake = -1,
            NewerHandshake = -1,
            ReadyBefore = -1,
            ReadyAfter = -1,
        };
        received = default;
        Count++;
        return true;
    }

    /// <summary>
    /// Binds what the peer may resume later to a listener with its policy, and to the name that was asked
    /// for: a session of one host is no pass to another (CVE-2025-23419).
    /// </summary>
    public void SetScope(int slot, ReadOnlySpan<byte> listener, ReadOnlySpan<byte> name)
    {
        const int halfBytes = 16;
        byte* scope = stackalloc byte[2 * halfBytes];
        byte* digest = stackalloc byte[32];
        listener[..halfBytes].CopyTo(new Span<byte>(scope, halfBytes));
        fixed (byte* text = name) _ = Crypto.Sha256(text, (nuint)name.Length, digest);
        new ReadOnlySpan<byte>(digest, halfBytes).CopyTo(new Span<byte>(scope + halfBytes, halfBytes));
        _ = Ssl.SetSessionScope(_slab[slot].Ssl, scope, 2 * halfBytes);
    }

    /// <summary>Says which server a client's session is for, and what may be resumed.</summary>
    public void SetServer(int slot, UpstreamSecurity security, nint resumable)
    {
        nint ssl = _slab[slot].Ssl;
        const nint hostName = 0;
        fixed (byte* name = security.Hostname)
        {
            _ = Ssl.Control(ssl, SslConstants.ControlHostname, hostName, name);
            if (security.ChecksHostname) _ = Ssl.SetHost(ssl, name);
        }

        if (resumable != 0) _ = Ssl.SetSession(ssl, resumable);
    }

    /// <summary>
    /// Whether the certificate of the server has one of the names that count. OpenSSL has checked the chain,
    /// and the hostname if that counts.
    /// </summary>
    public bool HasWantedName(int slot, UpstreamSecurity security)
    {
        if (security.ChecksHostname) return true;
        nint certificate = Ssl.PeerCertificate(_slab[slot].Ssl);
        if (certificate == 0) return false;
        bool isFound = PeerNames.HasDns(certificate, security.DnsNames)
            || PeerNames.HasUri(certificate, security.Uris);
        Crypto.CertificateFree(certificate);
        Crypto.ErrorClear();
        return isFound;
    }

    /// <summary>Whether the handshake failed because of the peer's certificate.</summary>
    public bool IsUntrusted(int slot) => Ssl.VerifyResult(_slab[slot].Ssl) != SslConstants.VerifyOk;

    /// <summary>Takes the session that the server has offered to resume; 0 for none.</summary>
    public nint TakeResumable(int slot)
    {
        nint resumable = _slab[slot].Resumable;
        _slab[slot].Resumable = 0;
        return resumable;
    }

    /// <summary>Gives one back.</summary>
    public static void FreeResumable(nint resumable) => Ssl.SessionFree(resumable);

    /// <summary>Keeps what the client's certificate says, if it has shown one that is valid.</summary>
    public void ReadClient(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        nint certificate = Ssl.PeerCertificate(session.Ssl);
        if (certificate == 0) return;
        if (Ssl.VerifyResult(session.Ssl) == SslConstants.VerifyOk)
            session.Client = (nint)ClientText.Of(certificate);
        Crypto.CertificateFree(certificate);
        Crypto.ErrorClear();
    }

    /// <summary>
    /// What the client's certificate says: subject, names, fingerprint. Empty where it has shown none that is
    /// valid.
    /// </summary>
    public ClientFacts ClientOf(int slot)
    {
        nint client = _slab[slot].Client;
        return client == 0 ? default : ((ClientText*)client)->Facts;
    }

    /// <summary>Keeps the server name that the client of a session has asked for.</summary>
    public void SetName(int slot, ReadOnlySpan<byte> name) => _names[slot].Set(name);

    /// <summary>What is known of an established session with a client whose name was kept.</summary>
    public TlsFacts FactsOf(int slot) => new()
    {
        IsEndedHere = true,
        IsTls13 = IsTls13(slot),
        IsResumed = IsResumed(slot),
        Cipher = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(
            Ssl.CipherName(Ssl.CurrentCipher(_slab[slot].Ssl))),
        ServerName = _names[slot].Value,
        Client = ClientOf(slot),
    };

    /// <summary>Whether an established session speaks TLS 1.3, not 1.2.</summary>
    public bool IsTls13(int slot) => Ssl.Version(_slab[slot].Ssl) >= SslConstants.Tls13;

    /// <summary>Whether an established session is one from before.</summary>
    public bool IsResumed(int slot) => Ssl.IsResumed(_slab[slot].Ssl) == 1;

    /// <summary>Does what can be done of the handshake now.</summary>
    public TlsProgress Handshake(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        _wire.Bind(ref session, int.MaxValue);
        int result = Ssl.Handshake(session.Ssl);
        if (result == 1)
        {
            session.Set(TlsFlags.IsEstablished);
            return TlsProgress.IsDone;
        }

        if (Ssl.Error(session.Ssl, result) == SslConstants.ErrorWantRead) return TlsProgress.NeedsMore;
        return Break(ref session);
    }

    /// <summary>
    /// Says to the peer that nothing more comes (close_notify), behind what is sealed already.
    /// </summary>
    public void Notify(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        const TlsFlags over = TlsFlags.IsBroken | TlsFlags.IsNotified;
        if (!session.Has(TlsFlags.IsEstablished) || (session.Flags & over) != 0) return;
        session.Set(TlsFlags.IsNotified);
        _wire.Bind(ref session, 0);
        if (Ssl.Shutdown(session.Ssl) < 0) Crypto.ErrorClear();
    }

    /// <summary>
    /// Ends a session. What is sealed and with the kernel stays in the output until it is cleared.
    /// </summary>
    public void Free(int slot)
    {
        ref TlsSession session = ref _slab[slot];
        if (session.Ssl == 0) return;
        LeaveReady(slot);
        LeaveProgress(slot);
        _segments.Clear(ref session.Input);
        _wire.Bind(ref session, 0);
        // Freed without an end, OpenSSL marks the session as one that nobody may resume. A session that broke
        // it has marked already.
        if (session.Has(TlsFlags.IsClient) && session.Has(TlsFlags.IsEstablished))
            Ssl.SetShutdown(session.Ssl, SslConstants.SentShutdown);
        Ssl.Free(session.Ssl);
        session.Ssl = 0;
        if (session.Client != 0) NativeMemory.Free((void*)session.Client);
        session.Client = 0;
        if (session.Resumable != 0) Ssl.SessionFree(session.Resumable);
        session.Resumable = 0;
        Count--;
    }

    public void Dispose()
    {
        _slab.Dispose();
        _names.Dispose();
        _wireHandle.Free();
        NativeMemory.Free(_record);
    }

    private static TlsProgress Break(ref TlsSession session)
    {
        session.Set(TlsFlags.IsBroken);
        Crypto.ErrorClear();
        return TlsProgress.IsBroken;
    }
}
