namespace Serval.Bench.Load.Sieging;

/// <summary>One way in which many peers try a proxy's patience, and how many of them there are.</summary>
/// <param name="Name">As it is asked for and as it appears in the table.</param>
/// <param name="Description">What the besiegers do.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Request">What each of them sends once.</param>
internal sealed record SiegeKind(string Name, string Description, int Count, string Request)
{
    private const string Host = "Host: siege.example\r\n";

    /// <summary>Size of a client's receive buffer; 0 leaves the system's.</summary>
    public int ReceiveBufferBytes { get; init; }

    /// <summary>Bytes per second that each reads of its response; 0 reads nothing.</summary>
    public int ReadBytesPerSecond { get; init; }

    /// <summary>Whether it sends body bytes behind the request as long as they are taken.</summary>
    public bool IsSending { get; init; }

    /// <summary>Endpoints of the service: one of Serval's takes 4,096 exchanges at a time.</summary>
    public int Endpoints { get; init; } = 1;

    /// <summary>Whether they behave well, so that none of them may be refused or cut off.</summary>
    public bool KeepsAll { get; init; }

    /// <summary>How the service's second endpoint fails; null where there is none.</summary>
    public BrokenEndpointKind? Broken { get; init; }

    public static IReadOnlyList<SiegeKind> All { get; } =
    [
        new("readers", "ask for 64 MiB each and read nothing", 2_000, Get(64 << 20))
        {
            ReceiveBufferBytes = 4_096,
        },
        new("phones", "read 64 MiB each at 32 KB/s", 800, Get(64 << 20))
        {
            ReceiveBufferBytes = 65_536,
            ReadBytesPerSecond = 32_768,
        },
        new("trickle", "read 1 MiB each at 5 KB/s", 5_000, Get(1 << 20))
        {
            ReceiveBufferBytes = 16_384,
            ReadBytesPerSecond = 5_000,
            Endpoints = 2,
            KeepsAll = true,
        },
        new("pipelines", "send 33 KB of requests each behind one that is not answered yet", 2_000,
            $"POST /stall HTTP/1.1\r\n{Host}Content-Length: 0\r\n\r\n{Pipeline(33_000)}")
        {
            KeepsAll = true,
        },
        new("uploads", "send 100 MB each to an upstream that does not read", 2_000,
            $"POST /stall HTTP/1.1\r\n{Host}Content-Length: 100000000\r\n\r\n")
        {
            IsSending = true,
        },
        new("one-byte", "send the first byte of a request and no more", 10_000, "G"),
        new("long-heads", "send 5 KiB of a head and no more", 4_000,
            $"GET / HTTP/1.1\r\n{Host}Cookie: {new string('c', 5_000)}"),
        new("trailers", "stop inside the trailers of a request", 4_000,
            $"POST /stall HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\n0\r\nX-Half: "),
        new("refusing", "endpoint beside a good one refuses every connection", 1, "")
        {
            Broken = BrokenEndpointKind.Refuses,
        },
        new("resetting", "endpoint beside a good one resets every connection once it has a request", 1, "")
        {
            Broken = BrokenEndpointKind.Resets,
        },
        new("silent", "endpoint beside a good one does not even answer a connection attempt", 1, "")
        {
            Broken = BrokenEndpointKind.IsSilent,
        },
    ];

    private static string Pipeline(int bytes)
    {
        string request = Get(128);
        return string.Concat(Enumerable.Repeat(request, bytes / request.Length));
    }

    private static string Get(long bytes) => $"GET /b/{bytes}/0 HTTP/1.1\r\n{Host}\r\n";
}
