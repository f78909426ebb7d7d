using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Messages;
using Tmds.Linux;

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
        _listener = Sockets.Open();
        Sockets.TurnOn(_listener, LibC.SOL_SOCKET, LibC.SO_REUSEADDR);
        SocketAddress4 address = new(hasManyAddresses ? 0 : 0x7f000001u, port);
        socklen_t length = SocketAddress4.Size;
        Sockets.Check(LibC.bind(_listener, (sockaddr*)&address, length), "bind");
        Sockets.Check(LibC.listen(_listener, 8192), "listen");
        Sockets.Check(LibC.getsockname(_listener, (sockaddr*)&address, &length), "getsockname");
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

    /// <summary>Whether connections begin with a ClientHello, which it only steps over.</summary>
    public bool IsBehindPassthrough { get; init; }

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
            int descriptor = LibC.accept4(_listener, null, null, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
            if (descriptor < 0)
            {
                return;
            }

            if (SendBufferBytes > 0)
            {
                Sockets.Set(descriptor, LibC.SOL_SOCKET, LibC.SO_SNDBUF, SendBufferBytes);
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
