using System.Runtime.InteropServices;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;
using Tmds.Linux;

namespace Serval.Bench.Load.Driving;

/// <summary>
/// One connection to the proxy, carrying one exchange at a time and checking all of the response.
/// </summary>
/// <remarks>Owner: an <see cref="IClientOwner"/>. Thread: the loop's. Bound: one exchange.</remarks>
internal sealed unsafe class Client(EventLoop loop, IClientOwner owner, ClientPlan plan) : IPolled
{
    private int _descriptor = -1;
    private HeadBuffer _head;
    private ReceivedBody _body;
    private bool _isInBody;
    private bool _isSent;
    private uint _id;
    private long _sent;
    private TlsLink? _tls;
    private nint _session;

    public ClientState State { get; private set; }

    /// <summary>When the exchange was meant to start.</summary>
    public long IntendedNs { get; private set; }

    /// <summary>When the connection was last asked for.</summary>
    public long OpenedNs { get; private set; }

    /// <summary>Exchanges completed, over all connections that this object has been.</summary>
    public long Exchanges { get; private set; }

    /// <summary>Kept open after its first exchange, without another.</summary>
    public bool IsIdle { get; init; }

    public void Open(uint sourceAddress)
    {
        _descriptor = Sockets.Open();
        if (sourceAddress != 0)
        {
            Sockets.TurnOn(_descriptor, LibC.IPPROTO_IP, LibC.IP_BIND_ADDRESS_NO_PORT);
            SocketAddress4 source = new(sourceAddress, 0);
            Sockets.Check(LibC.bind(_descriptor, (sockaddr*)&source, SocketAddress4.Size), "bind");
        }

        State = ClientState.Opening;
        OpenedNs = EventLoop.Clock();
        _head = default;
        SocketAddress4 target = plan.Target;
        if (LibC.connect(_descriptor, (sockaddr*)&target, SocketAddress4.Size) < 0
            && Marshal.GetLastPInvokeError() is int error && error != LibC.EINPROGRESS)
        {
            Fail($"connect: errno {error}");
            return;
        }

        loop.Add(_descriptor, this);
    }

    public void Start(uint id, long intendedNs)
    {
        State = ClientState.Exchanging;
        IntendedNs = intendedNs;
        _id = id;
        _sent = 0;
        _isSent = false;
        _isInBody = false;
        Send();
    }

    /// <summary>Closes it for good.</summary>
    public void Retire()
    {
        Close();
        Ssl.SessionFree(_session);
        _session = 0;
    }

    public void Close()
    {
        _tls?.End();
        _tls = null;
        if (_descriptor >= 0)
        {
            loop.Close(_descriptor);
            _descriptor = -1;
        }

        State = ClientState.Closed;
    }

    public void OnReady(uint events)
    {
        if (State == ClientState.Opening)
        {
            FinishOpening();
            return;
        }

        if (State == ClientState.Securing)
        {
            Secure();
            return;
        }

        if (State == ClientState.Exchanging && !_isSent)
        {
            Send();
        }

        if ((events & ~LibC.EPOLLOUT) != 0 && State != ClientState.Closed)
        {
            Receive();
        }
    }

    private void FinishOpening()
    {
        int error = 0;
        socklen_t length = sizeof(int);
        Sockets.Check(
            LibC.getsockopt(_descriptor, LibC.SOL_SOCKET, LibC.SO_ERROR, &error, &length), "SO_ERROR");
        if (error != 0)
        {
            Fail($"connect: errno {error}");
            return;
        }

        if (plan.Tls is not null)
        {
            State = ClientState.Securing;
            _tls = plan.Tls.Begin(_descriptor, _session);
            Secure();
            return;
        }

        if (plan.Hello.Length > 0 && !TrySendHello())
        {
            Fail($"send: errno {Marshal.GetLastPInvokeError()}");
            return;
        }

        State = ClientState.Free;
        owner.Opened(this);
    }

    // What a client does not get out at once, a connection that has just begun has no room for.
    private bool TrySendHello()
    {
        fixed (byte* hello = plan.Hello)
        {
            long count = LibC.send(
                _descriptor, hello, (size_t)(ulong)plan.Hello.Length, LibC.MSG_NOSIGNAL);
            return count == plan.Hello.Length;
        }
    }

    private void Secure()
    {
        switch (_tls!.Handshake())
        {
            case SendOutcome.Done when _tls.IsResumed != (_session != 0):
                Fail(_session != 0 ? "a session was not resumed" : "a session that was not offered");
                break;
            case SendOutcome.Done:
                State = ClientState.Free;
                owner.Opened(this);
                break;
            case SendOutcome.Failed:
                Fail($"handshake: {Ssl.Reason()}");
                break;
            case SendOutcome.Blocked:
                break;
        }
    }

    private void Send()
    {
        SendOutcome outcome = _tls is null
            ? plan.Request.Send(_descriptor, _id, ref _sent)
            : _tls.Send(plan.Request.PieceOf(_id));
        switch (outcome)
        {
            case SendOutcome.Done:
                _isSent = true;
                break;
            case SendOutcome.Failed:
                Fail($"send: errno {Marshal.GetLastPInvokeError()}");
                break;
            case SendOutcome.Blocked:
                break;
        }
    }

    private void Receive()
    {
        while (true)
        {
            bool unseen = _isInBody && !_body.IsCompared;
            nint asked = unseen ? (nint)_body.Missing : EventLoop.BufferBytes;
            long count = Receive(ref asked, unseen);
            if (count < 0)
            {
                return;
            }

            if (count == 0)
            {
                EndOfStream();
                return;
            }

            if (unseen)
            {
                _body.TakeUnseen(count);
            }
            else if (Wrong(new ReadOnlySpan<byte>(loop.Buffer, (int)count)) is string fault)
            {
                Fail(fault);
                return;
            }

            if (_isInBody && _body.Missing == 0 && !TryFinish())
            {
                return;
            }

            // An edge comes for whatever arrives later. Only the end of the stream may already be here, and
            // of TLS, which comes by record, the next one.
            if (count < asked && _tls is null && State != ClientState.AwaitingClose)
            {
                return;
            }
        }
    }

    // Returns how many bytes came; less than 0 when none are here now, or the connection has failed.
    private long Receive(ref nint asked, bool unseen)
    {
        if (_tls is not null)
        {
            asked = Math.Min(asked, EventLoop.BufferBytes);
            int opened = _tls.Read(loop.Buffer, (int)asked);
            if (opened == TlsLink.Broken)
            {
                Fail($"read: {Ssl.Reason()}");
            }

            return opened;
        }

        long count = LibC.recv(
            _descriptor, loop.Buffer, (size_t)(ulong)asked, unseen ? LibC.MSG_TRUNC : 0);
        if (count < 0 && Marshal.GetLastPInvokeError() is int error && error != LibC.EAGAIN)
        {
            Fail($"recv: errno {error}");
        }

        return count;
    }

    // Takes received bytes; says what is wrong with them, or nothing.
    private string? Wrong(ReadOnlySpan<byte> bytes)
    {
        if (State != ClientState.Exchanging)
        {
            return "bytes that nobody asked for";
        }

        if (!_isInBody)
        {
            bytes = _head.Join(bytes);
            switch (MessageHead.Read(bytes, out MessageHead head))
            {
                case HeadOutcome.Incomplete:
                    return _head.TryKeep(bytes) ? null : "response head too long";
                case HeadOutcome.Malformed:
                    return "malformed response head";
            }

            string? wrong = WrongHead(head);
            if (wrong is not null)
            {
                return wrong;
            }

            bytes = bytes[head.Length..];
            _body = new ReceivedBody(plan.BodyBytes, _id);
            _isInBody = true;
        }

        if (bytes.Length > _body.Missing)
        {
            return "bytes beyond the response";
        }

        _body.Take(bytes);
        return null;
    }

    private string? WrongHead(in MessageHead head) => head switch
    {
        { Status: not 200 } => $"status {head.Status}",
        _ when head.ContentLength != plan.BodyBytes => $"Content-Length {head.ContentLength}",
        _ when head.Id != _id => "a response to another request",
        _ => null,
    };

    // True when more may be read: the connection waits for its end.
    private bool TryFinish()
    {
        _isInBody = false;
        if (_body.IsDamaged || !_isSent)
        {
            Fail(_isSent ? "damaged body" : "response before the request was sent");
            return false;
        }

        Exchanges++;
        if (plan.Tls is { Resumes: true })
        {
            Ssl.SessionFree(_session);
            _session = _tls!.TakeSession();
            if (_session == 0)
            {
                Fail("the proxy offered no session to resume");
                return false;
            }
        }

        State = plan.ClosesConnections ? ClientState.AwaitingClose : ClientState.Free;
        owner.Completed(this);
        return State == ClientState.AwaitingClose;
    }

    private void EndOfStream()
    {
        if (State != ClientState.AwaitingClose)
        {
            Fail(State == ClientState.Free
                ? "proxy closed a free connection"
                : "proxy closed in mid-exchange");
            return;
        }

        Close();
        owner.Closed(this);
    }

    private void Fail(string fault)
    {
        Close();
        owner.Failed(this, fault);
    }
}
