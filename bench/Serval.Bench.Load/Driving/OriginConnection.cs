using System.Runtime.InteropServices;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;
using Tmds.Linux;

namespace Serval.Bench.Load.Driving;

/// <summary>
/// One connection from the proxy: requests one after the other, none before the last was answered.
/// </summary>
/// <remarks>Owner: the loop. Thread: the loop's. Bound: one request at a time.</remarks>
internal sealed unsafe class OriginConnection(EventLoop loop, Origin origin, int descriptor) : IPolled
{
    private HeadBuffer _head;
    private ReceivedBody _body;
    private OutgoingMessage? _response;
    private uint _id;
    private long _sent;
    private bool _isInBody;
    private bool _isAnswering;
    private bool _isStalled;
    private bool _hasHello = origin.IsBehindPassthrough;

    private static ReadOnlySpan<byte> StallStart => "POST /stall "u8;

    public void OnReady(uint events)
    {
        if (_isStalled)
        {
            // Its proxy has given up.
            if ((events & LibC.EPOLLRDHUP) != 0)
            {
                Close(null);
            }

            return;
        }

        if (_isAnswering && !Answer())
        {
            return;
        }

        if ((events & ~LibC.EPOLLOUT) != 0)
        {
            Receive();
        }
    }

    private void Receive()
    {
        while (true)
        {
            bool unseen = _isInBody && !_body.IsCompared;
            nint asked = unseen ? (nint)_body.Missing : EventLoop.BufferBytes;
            long count = LibC.recv(
                descriptor, loop.Buffer, (size_t)(ulong)asked, unseen ? LibC.MSG_TRUNC : 0);
            if (count <= 0)
            {
                if (count == 0 || Marshal.GetLastPInvokeError() != LibC.EAGAIN)
                {
                    bool isBusy = _isInBody || _isAnswering;
                    Close(isBusy ? "proxy closed an upstream connection in mid-exchange" : null);
                }

                return;
            }

            if (!_isInBody && new ReadOnlySpan<byte>(loop.Buffer, (int)count).StartsWith(StallStart))
            {
                _isStalled = true;
                return;
            }

            if (unseen)
            {
                _body.TakeUnseen(count);
            }
            else if (!TryTake(new ReadOnlySpan<byte>(loop.Buffer, (int)count), out string fault))
            {
                Close(fault);
                return;
            }

            if (_isInBody && _body.Missing == 0 && !TryFinish())
            {
                return;
            }

            if (count < asked)
            {
                return;
            }
        }
    }

    private bool TryTake(ReadOnlySpan<byte> bytes, out string fault)
    {
        fault = "";
        if (!_isInBody)
        {
            bytes = _head.Join(bytes);
            if (_hasHello && !TryStepOver(ref bytes))
            {
                return _head.TryKeep(bytes);
            }

            if (bytes.IsEmpty)
            {
                return true;
            }

            switch (MessageHead.Read(bytes, out MessageHead head))
            {
                case HeadOutcome.Incomplete when _head.TryKeep(bytes):
                    return true;
                case HeadOutcome.Complete when TryBegin(head, out fault):
                    bytes = bytes[head.Length..];
                    break;
                default:
                    fault = fault.Length > 0 ? fault : "origin got a malformed request";
                    return false;
            }
        }

        if (bytes.Length > _body.Missing)
        {
            fault = "origin got bytes beyond the request";
            return false;
        }

        _body.Take(bytes);
        return true;
    }

    // A TLS record: type, version, length (RFC 8446 §5.1). False while it is not here whole.
    private bool TryStepOver(ref ReadOnlySpan<byte> bytes)
    {
        const int headerBytes = 5;
        if (bytes.Length < headerBytes)
        {
            return false;
        }

        int length = headerBytes + ((bytes[3] << 8) | bytes[4]);
        if (bytes.Length < length)
        {
            return false;
        }

        bytes = bytes[length..];
        _hasHello = false;
        return true;
    }

    private bool TryBegin(in MessageHead head, out string fault)
    {
        fault = "";
        if (_isAnswering)
        {
            fault = "origin got a request before the last was answered";
            return false;
        }

        if (!head.TryReadSizes(out long down, out long up) || up != Math.Max(0, head.ContentLength))
        {
            fault = "origin got a wrong path or Content-Length";
            return false;
        }

        _id = head.Id;
        _body = new ReceivedBody(up, _id);
        _isInBody = true;
        _response = origin.ResponseTo(head, down);
        return true;
    }

    private bool TryFinish()
    {
        origin.UploadedBytes += _body.Length;
        if (_body.IsDamaged)
        {
            Close("origin got a damaged body");
            return false;
        }

        _isInBody = false;
        _isAnswering = true;
        _sent = 0;
        return Answer();
    }

    private bool Answer()
    {
        switch (_response!.Send(descriptor, _id, ref _sent))
        {
            case SendOutcome.Done:
                _isAnswering = false;
                return true;
            case SendOutcome.Blocked:
                return true;
            default:
                Close("origin could not answer");
                return false;
        }
    }

    private void Close(string? fault)
    {
        if (fault is not null)
        {
            origin.Faults.Add(fault);
        }

        _isAnswering = false;
        origin.Open--;
        loop.Close(descriptor);
    }
}
