using Serval.Config.Compiling;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Exchanges;
using Serval.DataPlane.Pools;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Transports;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Tls;

/// <summary>
/// From the first byte of a client to its exchanges, where TLS is spoken: its hello is read, the listener is
/// chosen by the name in it, and the bytes are passed through or the handshake is made. The same handshakes
/// towards endpoints are in Handshakes.Upstream.cs.
/// Owner: one worker. Thread: the worker's. Bound: <see cref="Limits.HandshakesInProgress"/>,
/// <see cref="Limits.HandshakesPerTurn"/>, and the time of a request's head for each.
/// </summary>
internal sealed partial class Handshakes<TRing>
    where TRing : struct, IRing
{
    private readonly TransportTable<TRing> _transports;
    private readonly TlsSessions _sessions;
    private readonly ExchangeTable<TRing> _exchanges;
    private readonly UpstreamPools<TRing> _pools;
    private readonly SnapshotPins _pins;
    private readonly TimerWheel _timers;
    private readonly TurnClock _clock;
    private readonly WorkerCounters _counters;
    private readonly int _headMs;
    private readonly HelloReader _hello;

    /// <param name="transports">Where TLS is spoken.</param>
    /// <param name="exchanges">Who has a client's transport afterwards.</param>
    /// <param name="pools">Who has an endpoint's transport.</param>
    /// <param name="pins">The snapshot that decides.</param>
    /// <param name="timers">With a timer for each transport.</param>
    /// <param name="clock">The turn's time.</param>
    /// <param name="counters">What is counted.</param>
    /// <param name="headMs">How long a handshake may take, and then a head.</param>
    public Handshakes(
        TransportTable<TRing> transports, ExchangeTable<TRing> exchanges, UpstreamPools<TRing> pools,
        SnapshotPins pins,
        TimerWheel timers, TurnClock clock, WorkerCounters counters, int headMs)
    {
        _transports = transports;
        _sessions = transports.Sessions;
        _exchanges = exchanges;
        _pools = pools;
        _pins = pins;
        _timers = timers;
        _clock = clock;
        _counters = counters;
        _headMs = headMs;
        _hello = new HelloReader(transports.Buffers, transports.Segments);
    }

    /// <summary>Whether something is left for the next turn, which must not wait.</summary>
    public bool HasReady => _sessions.HasReady;

    /// <summary>A client was accepted: where its first bytes decide, they are awaited.</summary>
    public void OnAccepted(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.State != TransportState.Open || _pins.Current is not { } published) return;
        OpeningKind opening =
            transport.Origin < 0 ? OpeningKind.Http : published.Openings[transport.Origin];
        if (opening == OpeningKind.Http) return;
        transport.Owner = TransportOwner.Opening;
        if (opening == OpeningKind.Detected)
            _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + Math.Min(Limits.DetectionMs, _headMs));
    }

    /// <summary>Takes what a client has sent whose first bytes decide, or whose handshake goes on.</summary>
    public void OnInput(int slot)
    {
        if (_transports[slot].Owner == TransportOwner.Opening) ReadHello(slot);
        else _sessions.AddReady(slot);
    }

    /// <summary>The time of a client's hello or handshake is over.</summary>
    public void OnDeadline(int slot) => Fail(slot, HandshakeFailure.TimedOut, 0);

    /// <summary>Goes on with what waits, a bounded part of it.</summary>
    public void Advance()
    {
        for (int i = 0; i < Limits.HandshakesPerTurn && _sessions.TryTakeHandshake(out int slot); i++)
            GoOn(slot);
        // Those that have to wait again have their turn with the next.
        for (int left = _sessions.BlockedCount; left > 0 && _sessions.TryTakeBlocked(out int slot); left--)
            OpenMore(slot);
    }

    private void ReadHello(int slot)
    {
        ref Transport transport = ref _transports[slot];
        PublishedSnapshot? published = _pins.Current;
        int socket = transport.Origin;
        int group = published is null || socket < 0 ? -1 : published.GroupOfSocket[socket];
        if (group < 0 || transport.Input.IsEmpty)
        {
            if (group < 0 || transport.Has(TransportFlags.IsInputEnded)) _transports.Close(slot);
            return;
        }

        if (published!.Openings[socket] == OpeningKind.Detected && !IsTls(slot, ref transport)) return;
        switch (_hello.Read(in transport.Input))
        {
            case HelloStatus.Complete:
                Choose(slot, published, group);
                break;
            case HelloStatus.Rejected:
                Refuse(slot, _hello.Alert);
                break;
            default:
                if (transport.Has(TransportFlags.IsInputEnded)) Fail(slot, HandshakeFailure.Closed, 0);
                break;
        }
    }

    // On a port that detects what is spoken: false when it is not TLS. Then it is a head, or refused: a first
    // line in capitals is a method, and SSH speaks like that too but is not served (RFC 4253 §4.2).
    private bool IsTls(int slot, ref Transport transport)
    {
        const int longestTell = 4;
        Span<byte> first = stackalloc byte[longestTell];
        first = first[..new ByteCursor(
            _transports.Buffers, _transports.Segments, in transport.Input).Read(first)];
        if (first[0] == HelloReader.HandshakeRecord) return true;
        if ("SSH-"u8.StartsWith(first) && first.Length < longestTell)
        {
            if (transport.Has(TransportFlags.IsInputEnded)) Fail(slot, HandshakeFailure.Closed, 0);
            return false;
        }

        if (first[0] is not (>= (byte)'A' and <= (byte)'Z') || first.SequenceEqual("SSH-"u8))
        {
            Fail(slot, HandshakeFailure.NotServed, 0);
            return false;
        }

        transport.Owner = TransportOwner.Heads;
        _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + _headMs);
        _exchanges.OnInput(slot, 0);
        return false;
    }

    // The hello is in _hello.
    private void Choose(int slot, PublishedSnapshot published, int group)
    {
        ListenerHit listener = published.Tables.FindListener(group, _hello.ServerName);
        ListenerSecurity? security = listener.Index < 0 ? null : published.Securities[listener.Index];
        if (security is null)
        {
            Refuse(slot, TlsAlert.UnrecognizedName);
            return;
        }

        if (_hello.IsChallenge && security.FindChallenge(_hello.ServerName) is { } challenge)
        {
            if (TrySecure(slot, challenge, published.ListenerIds[listener.Index], Splicing.None))
                _sessions[slot].Set(TlsFlags.IsChallenge);
            return;
        }

        Splicing splicing = Splicing.None;
        if (!security.IsHttp && !_exchanges.TryRoute(published, listener, _hello.ServerName, out splicing))
        {
            Refuse(slot, TlsAlert.UnrecognizedName);
            return;
        }

        if (security.IsPassthrough) _exchanges.Splice(slot, in splicing, _hello.ServerName);
        else if (security.Choose(_hello.ServerName) is { } context)
            _ = TrySecure(slot, context, published.ListenerIds[listener.Index], in splicing);
        // With a challenge alone the name is not served yet.
        else if (security.Challenges.Length > 0) Refuse(slot, TlsAlert.UnrecognizedName);
        else Refuse(slot, TlsAlert.InternalError);
    }

    private bool TrySecure(int slot, ServerSecurity context, int listener, in Splicing splicing)
    {
        if (_sessions.InProgress >= Limits.HandshakesInProgress)
        {
            _counters.Add(Counter.LimitHandshakesInProgress);
            Fail(_sessions.OldestHandshake, HandshakeFailure.Evicted, 0);
        }

        if (!_transports.TrySecure(slot, context.Handle, isClient: false))
        {
            Fail(slot, HandshakeFailure.OutOfMemory, 0);
            return false;
        }

        ref TlsSession session = ref _sessions[slot];
        session.Listener = listener;
        session.Splicing = splicing;
        _sessions.SetScope(slot, context.Scope, _hello.ServerName);
        if (_exchanges.IsLogging) _sessions.SetName(slot, _hello.ServerName);
        _transports[slot].Owner = TransportOwner.Handshake;
        _sessions.JoinProgress(slot);
        _sessions.AddReady(slot);
        return true;
    }

    private void GoOn(int slot)
    {
        bool isUpstream = _transports[slot].Has(TransportFlags.IsUpstream);
        switch (_transports.Handshake(slot))
        {
            case TlsProgress.IsDone when isUpstream:
                FinishUpstream(slot);
                break;
            case TlsProgress.IsDone:
                Finish(slot);
                break;
            case TlsProgress.NeedsMore:
                _transports.Arm(slot);
                break;
            case TlsProgress.IsEnded:
                FailEither(slot, HandshakeFailure.Closed, 0);
                break;
            default:
                ref TlsSession session = ref _sessions[slot];
                if (session.AlertReceived >= 0)
                    FailEither(slot, HandshakeFailure.AlertReceived, session.AlertReceived);
                else if (session.AlertSent >= 0)
                    FailEither(slot, HandshakeFailure.AlertSent, session.AlertSent);
                else FailEither(slot, HandshakeFailure.NotTls, 0);
                break;
        }
    }

    private void Finish(int slot)
    {
        _sessions.LeaveProgress(slot);
        _counters.Handshakes.Complete(
            isUpstream: false, _sessions.IsTls13(slot), _sessions.IsResumed(slot));
        if (_sessions[slot].Has(TlsFlags.IsChallenge))
        {
            // The authority has seen the certificate. Nothing is spoken inside (RFC 8737 §3).
            _transports.CloseWhole(slot);
            return;
        }

        _sessions.ReadClient(slot);
        Splicing splicing = _sessions[slot].Splicing;
        _transports.Open(slot);
        if (splicing.Cluster >= 0)
        {
            _exchanges.Splice(slot, in splicing, default);
        }
        else
        {
            ref Transport transport = ref _transports[slot];
            transport.Owner = TransportOwner.Heads;
            _timers.Set(TimerWheel.OfTransport(slot), _clock.NowMs + _headMs);
            if (!transport.Input.IsEmpty || transport.Has(TransportFlags.IsInputEnded))
                _exchanges.OnInput(slot, 0);
        }

        _transports.GoOn(slot);
    }

    // Records that waited because what came before them was not taken yet.
    private void OpenMore(int slot)
    {
        // Its owner may have gone meanwhile.
        if (_transports[slot].State != TransportState.Open) return;
        _transports.Open(slot);
        OnPlainInput(slot);
        _transports.GoOn(slot);
    }

    // An alert in clear text: no keys are agreed upon yet (RFC 8446 §6.2).
    private void Refuse(int slot, TlsAlert alert)
    {
        const byte alertRecord = 21;
        const byte fatal = 2;
        ref Transport transport = ref _transports[slot];
        ReadOnlySpan<byte> record = [alertRecord, 3, 3, 0, 2, fatal, (byte)alert];
        if (_transports.Segments.TryAppendCopy(ref transport.Output, record)) _transports.Flush(slot);
        _counters.Handshakes.Fail(isUpstream: false, HandshakeFailure.AlertSent, (int)alert);
        _transports.LeaveIdle(slot);
        _transports.Linger(slot);
    }

    private void FailEither(int slot, HandshakeFailure failure, int alert)
    {
        if (_transports[slot].Has(TransportFlags.IsUpstream)) FailUpstream(slot, failure, alert);
        else Fail(slot, failure, alert);
    }

    private void Fail(int slot, HandshakeFailure failure, int alert)
    {
        _counters.Handshakes.Fail(isUpstream: false, failure, alert);
        _transports.LeaveIdle(slot);
        if (failure == HandshakeFailure.AlertSent) _transports.Linger(slot);
        else _transports.Close(slot);
    }
}
