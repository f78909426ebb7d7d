using BenchmarkDotNet.Attributes;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.Bench.Micro;

/// <summary>The heads that go upstream and downstream, with and without filters.</summary>
[MemoryDiagnoser(false)]
public class HeadWriting : IDisposable
{
    private static readonly RouteHit Hit = new(0, 0, 1);

    private readonly RequestHead _small = new(new HeaderLimits(), RequestPolicy.Default);
    private readonly RequestHead _keeping = new(
        new HeaderLimits(), new RequestPolicy(MakesTraceParents: false));
    private readonly RequestHead _browser = new(new HeaderLimits(), RequestPolicy.Default);
    private readonly ResponseHead _response = new(new HeaderLimits());
    private readonly byte[] _output = new byte[16 * 1024];
    private readonly CompiledSnapshot _plain = Compile([]);
    private readonly CompiledSnapshot _filtering = Compile(
    [
        new RequestHeaderFilter(new HeaderEdits
        {
            Set = [new HeaderValue("X-Tenant", "blue"), new HeaderValue("X-Forwarded-Port", "443")],
            Add = [new HeaderValue("X-Trace", "on")],
            Remove = ["DNT", "If-None-Match"],
        }),
        new ResponseHeaderFilter(new HeaderEdits
        {
            Set = [new HeaderValue("Server", "edge")],
            Add = [new HeaderValue("X-Served-By", "edge-1")],
            Remove = ["Server-Timing"],
        }),
        new RewriteFilter
        {
            Hostname = "up.example",
            Path = new PathChange(PathChangeKind.ReplacePrefix, "/shop"),
        },
    ]);

    /// <summary>Parses what is written.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _small.Parse(Heads.SmallGet);
        _keeping.Parse(Heads.SmallGet);
        _browser.Parse(Heads.BrowserGet);
        _response.Parse(Heads.LongResponse, MethodKind.Get, true);
    }

    /// <summary>Frees the tables.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _plain.Dispose();
        _filtering.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Three header lines and the forwarded ones.</summary>
    [Benchmark]
    public int Small_GET() => WriteRequest(Heads.SmallGet, _small, _plain);

    /// <summary>The same where no traces begin here.</summary>
    [Benchmark]
    public int Small_GET_that_keeps_traces() => WriteRequest(Heads.SmallGet, _keeping, _plain);

    /// <summary>Twenty header lines and the forwarded ones.</summary>
    [Benchmark]
    public int Browser_GET() => WriteRequest(Heads.BrowserGet, _browser, _plain);

    /// <summary>The same, with five edits and a rewrite of host and path.</summary>
    [Benchmark]
    public int Browser_GET_with_edits_and_rewrite() => WriteRequest(Heads.BrowserGet, _browser, _filtering);

    /// <summary>Twenty header lines.</summary>
    [Benchmark]
    public int Response() => WriteResponse(_plain, new RequestId(0x0123456789abcdef, 0xff));

    /// <summary>The same where exchanges have no id.</summary>
    [Benchmark]
    public int Response_without_id() => WriteResponse(_plain, default);

    /// <summary>The same with three edits.</summary>
    [Benchmark]
    public int Response_with_edits() => WriteResponse(_filtering, new RequestId(0x0123456789abcdef, 0xff));

    private static CompiledSnapshot Compile(Filter[] filters)
    {
        Snapshot routes = RouteSet.Build(1, RouteShape.ByPath);
        HttpRoute route = routes.Routes[0];
        HttpRule rule = route.Rules[0] with { Filters = [.. filters] };
        return CompiledSnapshot.Compile(routes with { Routes = [route with { Rules = [rule] }] });
    }

    private int WriteRequest(byte[] input, RequestHead head, CompiledSnapshot snapshot)
    {
        ref readonly CompiledRule rule = ref snapshot.Rule(0);
        ForwardedFacts facts = new()
        {
            PeerAddress = "192.0.2.7"u8,
            IsHttps = false,
            ListenerPort = 80,
            RequestId = new RequestId(0x0123456789abcdef, 0xff),
            TraceIdHigh = 0x0123456789abcdef,
            TraceIdLow = 0xff,
        };
        CompiledFilters backend = snapshot.Backends(rule.Backends)[0].Filters;
        Http1Encoder encoder = new(_output);
        RequestHeadWriter.Write(ref encoder, input, head, snapshot, rule, backend, Hit, facts);
        return encoder.Written;
    }

    private int WriteResponse(CompiledSnapshot snapshot, RequestId id)
    {
        ref readonly CompiledRule rule = ref snapshot.Rule(0);
        CompiledFilters backend = snapshot.Backends(rule.Backends)[0].Filters;
        Http1Encoder encoder = new(_output);
        ResponseHeadWriter.Write(
            ref encoder, Heads.LongResponse, _response, snapshot, rule.Filters, backend, default,
            id, "Tue, 01 Sep 2026 10:00:00 GMT"u8);
        return encoder.Written;
    }
}
