using BenchmarkDotNet.Attributes;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.Bench.Micro;

/// <summary>A response's head, from bytes to what is forwarded.</summary>
[MemoryDiagnoser(false)]
public class ResponseParsing
{
    private readonly ResponseHead _head = new(new HeaderLimits());

    /// <summary>As an API answers.</summary>
    [Benchmark]
    public int Response_with_5_headers() => Parse(Heads.ShortResponse);

    /// <summary>As a web page is answered.</summary>
    [Benchmark]
    public int Response_with_20_headers() => Parse(Heads.LongResponse);

    private int Parse(byte[] input) => _head.Parse(input, MethodKind.Get, true) == ParseStatus.Complete
        ? _head.Length
        : throw new InvalidOperationException($"the head is refused: {_head.Rejection}");
}
