using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Workers;

// Who is told what: completions and timers go to the transports first, and from there to the owner of the
// transport. The one place where a transport and what it is used for come together.
internal sealed partial class Worker<TRing>
{
    private void ReapCompletions()
    {
        int reaped = 0;
        ref TRing ring = ref _transports.Ring;
        while (reaped < Limits.CompletionsPerTurn && ring.TryReap(out Completion completion))
        {
            reaped++;
            Dispatch(in completion);
        }

        Counters.Add(Counter.Completions, reaped);
    }

    private void Dispatch(in Completion completion)
    {
        Token token = completion.Token;
        if (completion.Buffer >= 0) _transports.NoteProvided();
        if (token.Kind == TokenKind.Wake)
        {
            _transports.Ring.ArmWake(token);
            return;
        }

        // These complete only when they found nothing: a connect that never came to have a socket, an
        // operation whose own completion is under way.
        if (token.Kind is TokenKind.Close or TokenKind.Cancel or TokenKind.Option) return;
        if (!_transports.TryComplete(in completion)) return;
        int slot = token.Slot;
        switch (token.Kind)
        {
            case TokenKind.Receive:
                if (!_transports.TakeReceived(slot, in completion, out int bytes)) break;
                if (_transports[slot].Has(TransportFlags.IsTls)) OnSealed(slot, bytes);
                else OnInput(slot, bytes);
                _transports.GoOn(slot);
                break;
            case TokenKind.Send:
                if (_transports.TakeSent(slot, completion.Result)) OnSent(slot, completion.Result);
                break;
            case TokenKind.Accept:
                _acceptor.OnAccept(slot, completion.Result);
                _handshakes.OnAccepted(slot);
                break;
            case TokenKind.Connect:
                OnConnect(slot, completion.Result);
                break;
            case TokenKind.Unacknowledged:
                _transports.TakeLook(slot, completion.Result);
                break;
            case TokenKind.Unread:
                if (_transports.TakeUnread(slot, completion.Result, out long received))
                    _exchanges.OnEnded(slot, received);
                break;
            case TokenKind.Watch:
                if (_transports.TakeWatch(slot, completion.Result)) _exchanges.OnGone(slot);
                break;
            default:
                break;
        }

        _transports.FreeWhenQuiet(slot);
    }

    // What TLS has brought is opened before its owner is told.
    private void OnSealed(int slot, int bytes)
    {
        ref Transport transport = ref _transports[slot];
        if (transport.State == TransportState.Lingering)
        {
            OnInput(slot, bytes);
            return;
        }

        if (!_transports.Sessions[slot].Has(TlsFlags.IsEstablished))
        {
            _transports.Sessions.AddReady(slot);
            return;
        }

        _transports.Open(slot);
        if (!transport.Input.IsEmpty || transport.Has(TransportFlags.IsInputEnded)) OnInput(slot, bytes);
    }

    private void OnInput(int slot, int bytes)
    {
        switch (_transports[slot].Owner)
        {
            case TransportOwner.Heads or TransportOwner.Exchange:
                _exchanges.OnInput(slot, bytes);
                break;
            case TransportOwner.Pool:
                _pools.OnInput(slot, bytes);
                break;
            case TransportOwner.Opening or TransportOwner.Handshake:
                _handshakes.OnInput(slot);
                break;
            case TransportOwner.Mirror:
                _exchanges.Mirrors.OnInput(slot, bytes);
                break;
            default:
                _transports.DropLingering(slot, bytes);
                break;
        }
    }

    private void OnSent(int slot, int result)
    {
        if (_transports[slot].Owner == TransportOwner.Mirror) _exchanges.Mirrors.OnSent(slot, result);
        else _exchanges.OnSent(slot, result);
    }

    private void OnConnect(int slot, int result)
    {
        if (_transports[slot].State != TransportState.Connecting) return;
        if (result == 0) _transports.WatchPeer(slot);
        if (result == 0 && _handshakes.TryBeginUpstream(slot)) return;
        _handshakes.TellConnect(slot, result);
    }

    private void ExpireTimers()
    {
        while (_timers.TryExpire(_clock.NowMs, out int timer))
        {
            switch (_timers.OwnerOf(timer, out int index))
            {
                case TimerOwner.Exchange:
                    _exchanges.OnExchangeDeadline(index);
                    break;
                case TimerOwner.Attempt:
                    _exchanges.OnAttemptDeadline(index);
                    break;
                case TimerOwner.Accepts:
                    _acceptor.OnDeadline();
                    break;
                case TimerOwner.Memory:
                    // The turn looks at it in any case.
                    break;
                default:
                    OnTransportDeadline(index);
                    break;
            }
        }
    }

    private void OnTransportDeadline(int slot)
    {
        switch (_transports[slot].Owner)
        {
            case TransportOwner.Heads or TransportOwner.Exchange:
                _exchanges.OnTransportDeadline(slot);
                break;
            case TransportOwner.Pool:
                _pools.OnDeadline(slot);
                break;
            case TransportOwner.Opening or TransportOwner.Handshake:
                _handshakes.OnDeadline(slot);
                break;
            case TransportOwner.Mirror:
                _exchanges.Mirrors.OnDeadline(slot);
                break;
            default:
                _transports.Close(slot);
                break;
        }
    }
}
