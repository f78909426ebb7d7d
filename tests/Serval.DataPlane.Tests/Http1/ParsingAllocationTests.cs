using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Http1;

public sealed class ParsingAllocationTests
{
    [Fact]
    public void Parsers_allocate_nothing()
    {
        string many = string.Concat(Enumerable.Range(0, 126).Select(i => $"X-{i}: {new string('v', i)}\r\n"));
        byte[][] requests =
        [
            .. ValidRequests.Select(Bytes), Bytes("GET /.. HTTP/1.1\r\n"), Bytes("A\0"),
            Bytes($"POST / HTTP/1.1\r\nHost: a\r\n{many}Transfer-Encoding: chunked\r\n\r\n"),
        ];
        byte[][] responses =
        [
            Bytes("HTTP/1.1 200 OK\r\nDate: x\r\nConnection: X-A\r\nX-A: 1\r\nContent-Length: 1\r\n\r\n"),
            Bytes($"HTTP/1.0 404 Not Found\r\n{many}\r\n"),
            Bytes("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
            Bytes("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
        ];
        byte[] chunks = Bytes("5;x\r\nhello\r\n0\r\nA: b\r\n\r\n");
        byte[] host = new byte[HeaderLimits.HostBytesMax];
        RequestHead request = NewRequest();
        ResponseHead reply = NewResponse();
        TrailerSection trailers = new(HeaderLimits.Trailers);

        void ParseAll()
        {
            foreach (byte[] input in requests)
            {
                int scanned = 0;
                request.Parse(input.AsSpan(0, 2), ref scanned);
                request.Parse(input, ref scanned);
                request.CopyHostLower(input, host);
                _ = request.Rejection.Utf8Text().Length + request.Rejection.Text().Length;
            }

            foreach (byte[] input in responses)
            {
                reply.Parse(input, MethodKind.Get, false);
                _ = reply.Rejection.Text().Length;
            }

            ChunkDecoder decoder = default;
            decoder.Next(chunks, out int data, out _, out _);
            decoder.Next(chunks.AsSpan(data), out int last, out _, out _);
            trailers.Parse(chunks.AsSpan(data + last), isResponse: false);
        }

        ParseAll();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++) ParseAll();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
