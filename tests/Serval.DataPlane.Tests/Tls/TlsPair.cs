using System.Text;
using Serval.Config.Model;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Tls;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>
/// Two ends of TLS in memory, the production sessions of both sides, with the wire in the test's hand.
/// </summary>
internal sealed class TlsPair : IDisposable
{
    public const int Server = 0;
    public const int Client = 1;
    private const int CreditBytes = 1 << 18;
    private readonly BufferPool _buffers = new(256, 512);
    private readonly SegmentPool _segments;
    private readonly CertificateStore _store = new();
    private readonly ServerSecurity _serverSecurity;
    private readonly UpstreamSecurity _clientSecurity;
    private readonly SegmentQueue[] _plainIn = new SegmentQueue[2];

    public TlsPair(TestAuthority authority, bool isTls13Only = true)
    {
        _segments = new SegmentPool(_buffers, 8_192);
        Sessions = new TlsSessions(2, _buffers, _segments, Counters);
        IssuedPair pair = authority.Issue("server", ["server.example"]);
        Assert.Null(_store.Put(pair.Keys()));
        HeldKeyPair held = _store.Use(find => find("server", pair.Model.Digest))!;
        _serverSecurity = ServerSecurity.TryMake(
            new ServerSecurityOptions
            {
                Pairs = [held],
                IsHttp = true,
                IsTls13Only = isTls13Only,
                Scope = "test",
            }, "", out string? error)!;
        Assert.Null(error);
        _clientSecurity = UpstreamSecurity.Make(
            "", new ClusterTls { Hostname = "server.example", Authorities = ["test"] },
            [Encoding.ASCII.GetBytes(authority.Pem)], null, out error);
        Assert.Null(error);
        Begin();
    }

    public TlsSessions Sessions { get; }

    public WorkerCounters Counters { get; } = new();

    /// <summary>Begins anew on both sides.</summary>
    public void Begin()
    {
        for (int end = 0; end < 2; end++)
        {
            _segments.Clear(ref _plainIn[end]);
            SegmentQueue nothing = default;
            nint context = end == Server ? _serverSecurity.Handle : _clientSecurity.Context;
            if (Sessions[end].Ssl != 0)
            {
                _segments.Clear(ref Sessions[end].Output);
                Sessions.Free(end);
            }

            Assert.True(Sessions.TryBegin(end, context, isClient: end == Client, ref nothing));
        }

        Sessions.SetServer(Client, _clientSecurity, 0);
    }

    /// <summary>Makes the handshake; what is on the wire comes in pieces of so many bytes.</summary>
    public void Handshake(int pieceBytes)
    {
        for (int i = 0; i < 20_000; i++)
        {
            TlsProgress client = Step(Client);
            Deliver(Client, pieceBytes, () => Step(Server));
            TlsProgress server = Step(Server);
            Deliver(Server, pieceBytes, () => Step(Client));
            Assert.NotEqual(TlsProgress.IsBroken, client);
            Assert.NotEqual(TlsProgress.IsBroken, server);
            if (Sessions[Client].Has(TlsFlags.IsEstablished) && Sessions[Server].Has(TlsFlags.IsEstablished))
                return;
        }

        Assert.Fail("the handshake makes no progress");
    }

    /// <summary>Seals bytes on one side and takes what goes on the wire.</summary>
    /// <param name="end">Which side.</param>
    /// <param name="bytes">What is to be sealed.</param>
    /// <param name="runBytes">So many of them lie behind each other in memory.</param>
    public byte[] Seal(int end, byte[] bytes, int runBytes = 4_000)
    {
        SegmentQueue plain = default;
        for (int at = 0; at < bytes.Length; at += runBytes)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(at, Math.Min(runBytes, bytes.Length - at));
            Assert.True(_buffers.TryLeaseFor(runBytes, out int buffer));
            part.CopyTo(_buffers.Span(buffer, 0, part.Length));
            _segments.Append(ref plain, buffer, 0, part.Length);
        }

        Assert.Equal(TlsProgress.IsDone, Sessions.Seal(end, ref plain, CreditBytes));
        return Take(ref Sessions[end].Output);
    }

    /// <summary>Does something while every buffer is held by others.</summary>
    public void WithoutBuffers(Action action)
    {
        Stack<int> held = [];
        while (_buffers.TryLease(out int buffer) || _buffers.TryLeaseForAnswer(out buffer)) held.Push(buffer);
        action();
        foreach (int buffer in held) _buffers.Release(buffer);
    }

    /// <summary>Lets sealed bytes come in on one side; they are not opened.</summary>
    public void Receive(int end, ReadOnlySpan<byte> wire) => Put(ref Sessions[end].Input, wire);

    /// <summary>Takes what waits to go on the wire.</summary>
    public byte[] TakeWire(int end) => Take(ref Sessions[end].Output);

    /// <summary>Lets sealed bytes come in on one side, opens them and returns what is plain so far.</summary>
    public (TlsProgress Progress, byte[] Plain) Open(
        int end, ReadOnlySpan<byte> wire, int creditBytes = CreditBytes)
    {
        if (!wire.IsEmpty) Receive(end, wire);
        TlsProgress progress = Sessions.Open(end, ref _plainIn[end], creditBytes);
        return (progress, Take(ref _plainIn[end]));
    }

    /// <summary>Buffers that something still pins.</summary>
    public int Pinned => _buffers.Count - _buffers.Available + _buffers.SmallCount - _buffers.SmallAvailable;

    public void Dispose()
    {
        for (int end = 0; end < 2; end++)
        {
            _segments.Clear(ref _plainIn[end]);
            _segments.Clear(ref Sessions[end].Output);
            Sessions.Free(end);
        }

        Assert.Equal(0, Pinned);
        _serverSecurity.Dispose();
        _clientSecurity.Dispose();
        _store.Dispose();
        Sessions.Dispose();
        _segments.Dispose();
        _buffers.Dispose();
    }

    private TlsProgress Step(int end) => Sessions[end].Has(TlsFlags.IsEstablished)
        ? TlsProgress.IsDone : Sessions.Handshake(end);

    private void Deliver(int from, int pieceBytes, Func<TlsProgress> step)
    {
        byte[] wire = Take(ref Sessions[from].Output);
        for (int at = 0; at < wire.Length; at += pieceBytes)
        {
            Put(ref Sessions[1 - from].Input, wire.AsSpan(at, Math.Min(pieceBytes, wire.Length - at)));
            Assert.NotEqual(TlsProgress.IsBroken, step());
        }
    }

    private void Put(ref SegmentQueue queue, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, BufferPool.SmallBytes);
            Assert.True(_segments.TryAppendCopy(ref queue, bytes[..count]));
            bytes = bytes[count..];
        }
    }

    private byte[] Take(ref SegmentQueue queue)
    {
        List<byte> bytes = [];
        while (!queue.IsEmpty)
        {
            ref Segment first = ref _segments.First(ref queue);
            bytes.AddRange(_buffers.Span(first.Buffer, first.Offset, first.Length));
            _segments.RemoveFirst(ref queue);
        }

        return [.. bytes];
    }
}
