using System.Runtime.InteropServices;
using Serval.Bench.Load.Kernel;

namespace Serval.Bench.Load.Sieging;

/// <summary>
/// One connection that asks for much and gives little. What a proxy answers is read only by sieges that read.
/// </summary>
/// <remarks>Owner: <see cref="Siege"/>. Thread: the loop's. Bound: one connection.</remarks>
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
        _descriptor = Libc.TcpSocket();
        int bytes = siege.Kind.ReceiveBufferBytes;
        if (bytes > 0)
        {
            Libc.Check(Libc.SetOption(
                _descriptor, Libc.SolSocket, Libc.SoReceiveBuffer, &bytes, sizeof(int)), "SO_RCVBUF");
        }

        _startNs = loop.NowNs;
        if (Libc.Connect(_descriptor, &target, SocketAddress4.Size) < 0
            && Marshal.GetLastPInvokeError() != Libc.InProgress)
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
        if (IsOpen && (events & Libc.EpollReadHangUp) != 0)
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

        nint count = Libc.Receive(_descriptor, loop.Buffer, (nint)Math.Min(allowed, PieceBytes), 0);
        if (count > 0)
        {
            _readBytes += count;
        }
        else if (count == 0 || Marshal.GetLastPInvokeError() != Libc.Again)
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
            nint count = Libc.Send(
                _descriptor, request + _sent, siege.Request.Length - _sent, Libc.MsgNoSignal);
            if (count > 0)
            {
                _sent += (int)count;
            }
            else if (Marshal.GetLastPInvokeError() != Libc.Again)
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
        nint count;
        do
        {
            count = Libc.Send(_descriptor, loop.Buffer, PieceBytes, Libc.MsgNoSignal);
        }
        while (count > 0);
        if (Marshal.GetLastPInvokeError() != Libc.Again)
        {
            Close();
        }
    }
}
