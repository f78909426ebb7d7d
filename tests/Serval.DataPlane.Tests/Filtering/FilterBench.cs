using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using Serval.DataPlane.Tls;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

/// <summary>
/// One rule with filters in a real compiled snapshot, and what goes in and comes out as text.
/// </summary>
internal sealed class FilterBench : IDisposable
{
    public const string Date = "Tue, 01 Sep 2026 10:00:00 GMT";

    /// <summary>The trace that the writer begins, as name and value.</summary>
    public const string TraceParent =
        "traceparent=00-0123456789abcdef00000000000000ff-0123456789abcd10-00";

    /// <summary>What the writer adds to every request for host <c>a</c>.</summary>
    public const string Facts =
        "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 80\r\n"
        + "X-Forwarded-Host: a\r\n"
        + "X-Request-Id: 0123456789abcdef00000000000000ff\r\n"
        + "traceparent: 00-0123456789abcdef00000000000000ff-0123456789abcd10-00\r\nVia: 1.1 serval\r\n";

    private readonly CompiledSnapshot _snapshot;
    private readonly byte[] _origin = [];
    private readonly byte[] _given = [];
    private readonly byte[] _output = new byte[8192];

    public FilterBench(string prefix = "/", Filter[]? rule = null, Filter[]? backend = null)
    {
        PathMatch path = new(PathMatchKind.Prefix, prefix);
        _snapshot = CompiledSnapshot.Compile(new Snapshot
        {
            Version = "1",
            Listeners = [new Listener { Name = "web", Port = 80, Protocol = ListenerProtocol.Http }],
            Clusters = [new Cluster { Name = "c" }],
            EndpointSets = [new EndpointSet("c", [new Endpoint("192.0.2.1", 8080)])],
            Routes =
            [
                new HttpRoute
                {
                    Name = "r",
                    Attachments = [new Attachment { Listener = "web" }],
                    Rules =
                    [
                        new HttpRule
                        {
                            Matches = [new Match { Path = path }],
                            Filters = [.. rule ?? []],
                            Backends = [new WeightedCluster { Cluster = "c", Filters = [.. backend ?? []] }],
                        },
                    ],
                },
            ],
        });
    }

    public bool IsHttps { get; init; }

    public int ListenerPort { get; init; } = 80;

    /// <summary>Whether the peer is trusted to say who asked.</summary>
    public bool IsFromProxy { get; init; }

    /// <summary>The listener, where it passes on what clients' certificates say.</summary>
    public ListenerSecurity? Security { get; init; }

    /// <summary>What a trusted peer has called the request; empty for an id of ours.</summary>
    public string GivenId
    {
        init => _given = Bytes(value);
    }

    /// <summary>Whether the exchange has an id, for responses; requests always have.</summary>
    public bool AnswersWithId { get; init; }

    public RequestHead Head { get; } = NewRequest();

    public ResponseHead Reply { get; } = NewResponse();

    public void Dispose() => _snapshot.Dispose();

    /// <summary>What goes upstream for a request.</summary>
    public string Request(string text)
    {
        byte[] input = Bytes(text);
        Assert.True(Head.Parse(input) == ParseStatus.Complete, $"{Head.Rejection}: {text}");
        return Text(_output.AsSpan(0, Request(input, Find(input), _output)));
    }

    /// <summary>The request that was parsed last, written into an output.</summary>
    public int Request(byte[] input, RouteHit hit, Span<byte> output)
    {
        ref readonly CompiledRule rule = ref _snapshot.Rule(hit.RuleId);
        CompiledFilters backend = _snapshot.Backends(rule.Backends)[0].Filters;
        Http1Encoder encoder = new(output);
        RequestHeadWriter.Write(ref encoder, input, Head, _snapshot, rule, backend, hit, Forwarded(Id));
        return encoder.Written;
    }

    /// <summary>The same, as an encoder of another version would be told.</summary>
    public string RequestListed(string text)
    {
        byte[] input = Bytes(text);
        Assert.True(Head.Parse(input) == ParseStatus.Complete, $"{Head.Rejection}: {text}");
        RouteHit hit = Find(input);
        ref readonly CompiledRule rule = ref _snapshot.Rule(hit.RuleId);
        CompiledFilters backend = _snapshot.Backends(rule.Backends)[0].Filters;
        ListingEncoder encoder = new();
        RequestHeadWriter.Write(ref encoder, input, Head, _snapshot, rule, backend, hit, Forwarded(Id));
        return encoder.Listed;
    }

    /// <summary>The response that was parsed last, as an encoder of another version would be told.</summary>
    public string ResponseListed(byte[] input)
    {
        ref readonly CompiledRule rule = ref _snapshot.Rule(0);
        CompiledFilters backend = _snapshot.Backends(rule.Backends)[0].Filters;
        ListingEncoder encoder = new();
        ResponseHeadWriter.Write(
            ref encoder, input, Reply, _snapshot, rule.Filters, backend, Cors(), AnswerId, DateBytes);
        return encoder.Listed;
    }

    /// <summary>
    /// What goes downstream for a response to a request of version 1.<paramref name="minor"/>.
    /// </summary>
    public string Response(
        string text, int minor = 1, bool keepsAlive = true, MethodKind method = MethodKind.Get)
    {
        byte[] input = Bytes(text);
        Assert.True(Reply.Parse(input, method, true) == ParseStatus.Complete, $"{Reply.Rejection}: {text}");
        return Text(_output.AsSpan(0, Response(input, _output, minor, keepsAlive)));
    }

    /// <summary>The response that was parsed last, written into an output.</summary>
    public int Response(byte[] input, Span<byte> output, int minor = 1, bool keepsAlive = true)
    {
        ref readonly CompiledRule rule = ref _snapshot.Rule(0);
        CompiledFilters backend = _snapshot.Backends(rule.Backends)[0].Filters;
        Http1Encoder encoder = new(output, minor, keepsAlive);
        ResponseHeadWriter.Write(
            ref encoder, input, Reply, _snapshot, rule.Filters, backend, Cors(), AnswerId, DateBytes);
        return encoder.Written;
    }

    /// <summary>The redirect that answers a request.</summary>
    public string Redirect(string text, bool keepsAlive = true)
    {
        byte[] input = Bytes(text);
        Assert.True(Head.Parse(input) == ParseStatus.Complete, $"{Head.Rejection}: {text}");
        return Text(_output.AsSpan(0, Redirect(input, Find(input), _output, keepsAlive)));
    }

    /// <summary>The redirect for the request that was parsed last, written into an output.</summary>
    public int Redirect(byte[] input, RouteHit hit, Span<byte> output, bool keepsAlive = true)
    {
        CompiledFilters filters = _snapshot.Rule(hit.RuleId).Filters;
        Http1Encoder encoder = new(output, Head.HttpMinor, keepsAlive);
        RedirectWriter.Write(
            ref encoder, input, Head, _snapshot, _snapshot.Redirect(filters.RedirectIndex), filters, hit,
            Forwarded(AnswerId), Cors(), DateBytes);
        return encoder.Written;
    }

    /// <summary>
    /// The answer to a preflight, or null where its origin is not allowed; of another request the empty text.
    /// </summary>
    public string? Preflight(string text)
    {
        byte[] input = Bytes(text);
        Assert.True(Head.Parse(input) == ParseStatus.Complete, $"{Head.Rejection}: {text}");
        CorsRequest request = new(Head, input);
        if (!request.IsPreflight)
            return "";
        int written = Preflight(input, _output);
        return written == 0 ? null : Text(_output.AsSpan(0, written));
    }

    /// <summary>
    /// The answer to the preflight that was parsed last, written into an output; 0 for none.
    /// </summary>
    public int Preflight(byte[] input, Span<byte> output)
    {
        CorsRequest request = new(Head, input);
        int index = _snapshot.Rule(0).Filters.CorsIndex;
        if (!CorsLines.Allows(_snapshot, in _snapshot.Cors(index), request.Origin))
            return 0;
        Http1Encoder encoder = new(output);
        CorsLines lines = new(_snapshot, index, request.Origin);
        PreflightWriter.Write(ref encoder, in lines, in request, AnswerId, DateBytes);
        return encoder.Written;
    }

    /// <summary>The origin of the request whose response is written; as the worker keeps it.</summary>
    public string Origin
    {
        init => _origin = Bytes(value);
    }

    private CorsLines Cors()
    {
        int index = _snapshot.Rule(0).Filters.CorsIndex;
        if (index < 0)
            return default;
        bool isAllowed = CorsLines.Allows(_snapshot, in _snapshot.Cors(index), _origin);
        return new CorsLines(_snapshot, index, isAllowed ? _origin : default);
    }

    public RouteHit Find(byte[] input)
    {
        Span<byte> host = stackalloc byte[HeaderLimits.HostBytesMax];
        RequestTarget target = new()
        {
            Host = host[..Head.CopyHostLower(input, host)],
            Method = Head.MethodRange.Of(input),
            Path = Head.MatchedPath(input),
            Query = Head.QueryRange.Of(input),
        };
        scoped RequestHeaderView headers = new(Head, input);
        RouteHit hit = _snapshot.Match(_snapshot.FindListener(0, target.Host), target, ref headers);
        return hit.RuleId >= 0 ? hit : hit with { RuleId = 0 };
    }

    public static ReadOnlySpan<byte> DateBytes => "Tue, 01 Sep 2026 10:00:00 GMT"u8;

    private RequestId Id => new(0x0123456789abcdef, 0xff, _given);

    private RequestId AnswerId => AnswersWithId ? Id : default;

    private ForwardedFacts Forwarded(RequestId id) => new()
    {
        PeerAddress = "192.0.2.7"u8,
        IsHttps = IsHttps,
        ListenerPort = ListenerPort,
        RequestId = id,
        TraceIdHigh = 0x0123456789abcdef,
        TraceIdLow = 0xff,
        IsFromProxy = IsFromProxy,
        Security = Security,
    };
}
