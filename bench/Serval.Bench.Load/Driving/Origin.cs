using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Driving;

/// <summary>
/// The service behind the proxy: answers <c>/b/DOWN/UP</c> with DOWN bytes after taking UP bytes. Of a POST
/// to <c>/stall</c> it reads no more than the start.
/// </summary>
/// <remarks>
/// Owner: a contender, or the drive verb. Thread: the loop's. Bound: the process's descriptors.
/// </remarks>
internal sealed unsafe class Origin : IPolled
{
    private readonly EventLoop _loop;
    private readonly int _listener;
    private readonly Dictionary<long, OutgoingMessage> _responses = [];

    /// <summary>On 127.0.0.1, or with <paramref name="hasManyAddresses"/> on all addresses.</summary>
    public Origin(EventLoop loop, Faults faults, int port, bool hasManyAddresses = false)
    {
        _loop = loop;
        Faults = faults;
        _listener = Libc.TcpSocket();
        Libc.SetOption(_listener, Libc.SolSocket, Libc.SoReuseAddress);
        SocketAddress4 address = new(hasManyAddresses ? 0 : 0x7f000001u, port);
        int length = SocketAddress4.Size;
        Libc.Check(Libc.Bind(_listener, &address, length), "bind");
        Libc.Check(Libc.Listen(_listener, 8192), "listen");
        Libc.Check(Libc.SocketName(_listener, &address, &length), "getsockname");
        Port = address.Port;
        loop.Add(_listener, this);
    }

    public int Port { get; }

    public Faults Faults { get; }

    /// <summary>
    /// Connections accepted since the start: how well a proxy reuses its upstream connections.
    /// </summary>
    public long Accepted { get; private set; }

    /// <summary>Connections that are open now, idle ones in the proxy's pools included.</summary>
    public long Open { get; set; }

    public long Requests { get; private set; }

    /// <summary>Size of a connection's send buffer; 0 leaves the system's.</summary>
    public int SendBufferBytes { get; init; }

    /// <summary>Request body bytes received since the start.</summary>
    public long UploadedBytes { get; set; }

    /// <summary>What the last request had of the headers that the proxy was told to add.</summary>
    public ForwardedHeaders LastForwarded { get; private set; }

    /// <summary>Accepts no more; connections end with their proxy.</summary>
    public void Stop() => _loop.Close(_listener);

    public void OnReady(uint events)
    {
        while (true)
        {
            int descriptor = Libc.Accept(_listener, null, null, Libc.SockAcceptFlags);
            if (descriptor < 0)
            {
                return;
            }

            if (SendBufferBytes > 0)
            {
                int bytes = SendBufferBytes;
                Libc.Check(Libc.SetOption(
                    descriptor, Libc.SolSocket, Libc.SoSendBuffer, &bytes, sizeof(int)), "SO_SNDBUF");
            }

            Accepted++;
            Open++;
            _loop.Add(descriptor, new OriginConnection(_loop, this, descriptor));
        }
    }

    public OutgoingMessage ResponseTo(in MessageHead request, long bodyBytes)
    {
        Requests++;
        LastForwarded = request.Forwarded;
        if (!_responses.TryGetValue(bodyBytes, out OutgoingMessage? response))
        {
            const string Start =
                "HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: application/octet-stream\r\n";
            response = new OutgoingMessage(Start, bodyBytes);
            _responses.Add(bodyBytes, response);
        }

        return response;
    }
}
