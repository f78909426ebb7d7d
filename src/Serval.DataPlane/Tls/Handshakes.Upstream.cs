using Serval.DataPlane.Accounting;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Transports;

namespace Serval.DataPlane.Tls;

// TLS towards endpoints: between the connection and its first use. Its time is that of the connecting.
internal sealed partial class Handshakes<TRing>
{
    /// <summary>
    /// A connection to an endpoint stands; true when TLS begins on it, and its owner is told later.
    /// </summary>
    public bool TryBeginUpstream(int slot)
    {
        ref Transport transport = ref _transports[slot];
        if (_pools.SecurityOf(transport.Origin) is not { } security) return false;
        transport.State = TransportState.Securing;
        if (security.Context == 0 || !_transports.TrySecure(slot, security.Context, isClient: true))
        {
            FailUpstream(slot, HandshakeFailure.OutOfMemory, 0);
            return true;
        }

        _sessions.SetServer(slot, security, _pools.ResumableOf(transport.Origin));
        _sessions.AddReady(slot);
        return true;
    }

    /// <summary>
    /// Tells the owner of a connection to an endpoint that it stands, its handshake included, or why not.
    /// </summary>
    /// <param name="slot">The transport's.</param>
    /// <param name="result">0, or a negative errno.</param>
    public void TellConnect(int slot, int result)
    {
        switch (_transports[slot].Owner)
        {
            case TransportOwner.Pool:
                _pools.OnConnect(slot, result);
                break;
            case TransportOwner.Mirror:
                _exchanges.Mirrors.OnConnect(slot, result);
                break;
            default:
                _exchanges.OnConnect(slot, result);
                break;
        }
    }

    private void FinishUpstream(int slot)
    {
        ref Transport transport = ref _transports[slot];
        UpstreamSecurity? security = _pools.SecurityOf(transport.Origin);
        if (security is null || !_sessions.HasWantedName(slot, security))
        {
            _counters.Handshakes.Fail(isUpstream: true, HandshakeFailure.WrongName, 0);
            TellFailure(slot, Outcome.UpstreamUntrusted);
            return;
        }

        _counters.Handshakes.Complete(
            isUpstream: true, _sessions.IsTls13(slot), _sessions.IsResumed(slot));
        TellConnect(slot, 0);
        if (transport.State != TransportState.Open) return;
        // Tickets, or more than there should be: its owner looks at it.
        _transports.Open(slot);
        if (!transport.Input.IsEmpty || transport.Has(TransportFlags.IsInputEnded)) OnPlainInput(slot);
        _transports.GoOn(slot);
    }

    private void FailUpstream(int slot, HandshakeFailure failure, int alert)
    {
        _counters.Handshakes.Fail(isUpstream: true, failure, alert);
        bool isUntrusted = _transports[slot].Has(TransportFlags.IsTls) && _sessions.IsUntrusted(slot);
        TellFailure(slot, isUntrusted ? Outcome.UpstreamUntrusted : Outcome.UpstreamTlsFailed);
    }

    private void TellFailure(int slot, Outcome outcome)
    {
        if (_transports[slot].Owner is TransportOwner.Pool or TransportOwner.Mirror)
            TellConnect(slot, -Errno.Proto);
        else _exchanges.OnInsecure(slot, outcome);
    }

    private void OnPlainInput(int slot)
    {
        switch (_transports[slot].Owner)
        {
            case TransportOwner.Pool:
                _pools.OnInput(slot, 1);
                break;
            case TransportOwner.Mirror:
                _exchanges.Mirrors.OnInput(slot, 1);
                break;
            default:
                _exchanges.OnInput(slot, 0);
                break;
        }
    }
}
