using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>A tiny blocking origin: one thread per connection, the same response to every request.</summary>
internal sealed class LoopbackOrigin : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _connections = [];
    private readonly byte[] _response;
    private readonly string _mustContain;
    private readonly string _mustLack;
    private long _misfits;

    /// <param name="response">What every request is answered with.</param>
    /// <param name="mustLack">What no request may contain, in any case; others are counted.</param>
    /// <param name="mustContain">What every request has to contain; others are counted.</param>
    public LoopbackOrigin(string response, string mustContain = "", string mustLack = "")
    {
        _response = Encoding.Latin1.GetBytes(response);
        _mustContain = mustContain;
        _mustLack = mustLack;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        new Thread(Accept) { IsBackground = true, Name = "origin" }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Requests that lacked what they had to contain.</summary>
    public long Misfits => Interlocked.Read(ref _misfits);

    public void Dispose()
    {
        _listener.Dispose();
        lock (_connections) _connections.ForEach(connection => connection.Dispose());
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket connection = _listener.Accept();
                connection.NoDelay = true;
                lock (_connections) _connections.Add(connection);
                Thread thread = new(() => Serve(connection)) { IsBackground = true, Name = "origin" };
                thread.Start();
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    private void Serve(Socket connection)
    {
        byte[] bytes = new byte[1 << 17];
        int have = 0;
        try
        {
            while (true)
            {
                int length;
                while ((length = RequestLength(bytes.AsSpan(0, have))) < 0)
                {
                    int more = connection.Receive(bytes.AsSpan(have));
                    if (more == 0) return;
                    have += more;
                }

                bool isMisfit = bytes.AsSpan(0, length).IndexOf(Encoding.ASCII.GetBytes(_mustContain)) < 0
                    || (_mustLack.Length > 0 && Encoding.Latin1.GetString(bytes, 0, length)
                        .Contains(_mustLack, StringComparison.OrdinalIgnoreCase));
                if (isMisfit)
                    Interlocked.Increment(ref _misfits);
                connection.Send(_response);
                bytes.AsSpan(length, have - length).CopyTo(bytes);
                have -= length;
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The router has closed it, or the test is over.
        }
    }

    // Length of the first request, -1 while it is not whole.
    private static int RequestLength(ReadOnlySpan<byte> bytes)
    {
        int headEnd = bytes.IndexOf("\r\n\r\n"u8) + 4;
        if (headEnd < 4) return -1;
        string head = Encoding.Latin1.GetString(bytes[..headEnd]);
        if (head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            int last = bytes[headEnd..].IndexOf("\r\n0\r\n\r\n"u8);
            return last < 0 ? -1 : headEnd + last + 7;
        }

        const string lengthName = "\r\nContent-Length: ";
        int at = head.IndexOf(lengthName, StringComparison.OrdinalIgnoreCase);
        if (at < 0) return headEnd;
        int start = at + lengthName.Length;
        int length = int.Parse(head[start..head.IndexOf('\r', start)], CultureInfo.InvariantCulture);
        return bytes.Length < headEnd + length ? -1 : headEnd + length;
    }
}
