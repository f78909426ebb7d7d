using System.Runtime.InteropServices;
using Serval.Bench.Load.Kernel;
using Tmds.Linux;

namespace Serval.Bench.Load.Sieging;

/// <summary>
/// One connection that asks for much and gives little. What a proxy answers is read only by sieges that read.
/// </summary>
/// <remarks>Owner: <see cref="Siege"/>. Thread: the siege's. Bound: one connection.</remarks>
internal sealed unsafe class Besieger(EventLoop loop, Siege siege) : IPolled
{
    private const int PieceBytes = 65_536;
    private int _descriptor = -1;
    private int _sent;
    private long _readBytes;
    private long _startNs;

    public bool IsOpen => _descriptor >= 0;

    public void Open(SocketAddress4 target)
    {
        _descriptor = Sockets.Open();
        int bytes = siege.Kind.ReceiveBufferBytes;
        if (bytes > 0)
        {
            Sockets.Set(_descriptor, LibC.SOL_SOCKET, LibC.SO_RCVBUF, bytes);
        }

        _startNs = loop.NowNs;
        if (LibC.connect(_descriptor, (sockaddr*)&target, SocketAddress4.Size) < 0
            && Marshal.GetLastPInvokeError() != LibC.EINPROGRESS)
        {
            Close();
            return;
        }

        loop.Add(_descriptor, this);
    }

    public void OnReady(uint events)
    {
        if (_sent < siege.Request.Length)
        {
            Send();
        }
        else if (siege.Kind.IsSending)
        {
            SendBody();
        }

        // Who does not read sees only an end: a proxy that has had enough.
        if (IsOpen && (events & LibC.EPOLLRDHUP) != 0)
        {
            Close();
        }
    }

    /// <summary>Reads what its rate allows by now.</summary>
    public void Read(long nowNs)
    {
        long allowed = (long)((nowNs - _startNs) / 1e9 * siege.Kind.ReadBytesPerSecond) - _readBytes;
        if (!IsOpen || allowed < PieceBytes / 16)
        {
            return;
        }

        long count = LibC.recv(_descriptor, loop.Buffer, (size_t)(ulong)Math.Min(allowed, PieceBytes), 0);
        if (count > 0)
        {
            // Who is refused has not been kept.
            bool isRefused = _readBytes == 0
                && !new ReadOnlySpan<byte>(loop.Buffer, (int)count).StartsWith("HTTP/1.1 200"u8);
            _readBytes += count;
            if (isRefused)
            {
                Close();
            }
        }
        else if (count == 0 || Marshal.GetLastPInvokeError() != LibC.EAGAIN)
        {
            Close();
        }
    }

    public void Close()
    {
        if (!IsOpen)
        {
            return;
        }

        loop.Close(_descriptor);
        _descriptor = -1;
    }

    private void Send()
    {
        fixed (byte* request = siege.Request)
        {
            long count = LibC.send(
                _descriptor, request + _sent, siege.Request.Length - _sent, LibC.MSG_NOSIGNAL);
            if (count > 0)
            {
                _sent += (int)count;
            }
            else if (Marshal.GetLastPInvokeError() != LibC.EAGAIN)
            {
                Close();
            }
        }

        if (IsOpen && _sent == siege.Request.Length && siege.Kind.IsSending)
        {
            SendBody();
        }
    }

    private void SendBody()
    {
        long count;
        do
        {
            count = LibC.send(_descriptor, loop.Buffer, PieceBytes, LibC.MSG_NOSIGNAL);
        }
        while (count > 0);
        if (Marshal.GetLastPInvokeError() != LibC.EAGAIN)
        {
            Close();
        }
    }
}
