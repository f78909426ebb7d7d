using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Serval.DataPlane.Tests.Workers;

/// <summary>
/// A blocking client that counts responses by a byte that each body has once and no head can have.
/// </summary>
internal sealed class MarkedClient : IDisposable
{
    public const char Mark = '\u0001';
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        ReceiveTimeout = 60_000,
        SendTimeout = 60_000,
        NoDelay = true,
    };

    private readonly byte[] _received = new byte[1 << 16];

    public MarkedClient(int port) => _socket.Connect(IPAddress.Loopback, port);

    public void Send(ReadOnlySpan<byte> requests) => _socket.Send(requests);

    /// <summary>
    /// Reads until so many responses have come; returns the text of the last reads when asked to.
    /// </summary>
    public string Read(int responses, bool wantsText = false)
    {
        StringBuilder text = new();
        while (responses > 0)
        {
            int count = _socket.Receive(_received);
            if (count == 0) throw new IOException($"closed with {responses} responses to come");
            ReadOnlySpan<byte> bytes = _received.AsSpan(0, count);
            responses -= bytes.Count((byte)Mark);
            if (wantsText) text.Append(Encoding.Latin1.GetString(bytes));
        }

        return text.ToString();
    }

    /// <summary>Reads what comes next, as text.</summary>
    public string ReadSome() => Encoding.Latin1.GetString(_received.AsSpan(0, _socket.Receive(_received)));

    /// <summary>Reads to the end of the connection.</summary>
    public void ReadToEnd()
    {
        while (_socket.Receive(_received) > 0)
        {
            // Whatever comes.
        }
    }

    public void Dispose() => _socket.Dispose();
}
