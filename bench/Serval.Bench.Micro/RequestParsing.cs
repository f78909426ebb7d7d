using BenchmarkDotNet.Attributes;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.Bench.Micro;

/// <summary>A request's head, from bytes to what matching reads.</summary>
[MemoryDiagnoser(false)]
public class RequestParsing
{
    private readonly RequestHead _head = new(new HeaderLimits(), RequestPolicy.Default);

    /// <summary>Three header lines.</summary>
    [Benchmark]
    public int Small_GET() => Parse(Heads.SmallGet);

    /// <summary>Twenty header lines.</summary>
    [Benchmark]
    public int Browser_GET_with_20_headers() => Parse(Heads.BrowserGet);

    /// <summary>A body follows in chunks.</summary>
    [Benchmark]
    public int POST_with_chunks() => Parse(Heads.ChunkedPost);

    private int Parse(byte[] input)
    {
        int scanned = 0;
        return _head.Parse(input, ref scanned) == ParseStatus.Complete
            ? _head.Length
            : throw new InvalidOperationException($"the head is refused: {_head.Rejection}");
    }
}
