using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;

namespace Serval.DataPlane.Admin;

/// <summary>
/// An explained request, parsed, matched and written by the code that workers run, so that an explanation
/// cannot differ from what happens.
/// </summary>
internal sealed class ExplainedHead
{
    private readonly byte[] _input;
    private readonly RequestHead _head;
    private readonly int _port;
    private readonly bool _isSecure;
    private readonly PathPolicy _pathPolicy;
    private readonly bool _hasRequestId;

    /// <summary>Parses the request.</summary>
    public ExplainedHead(ExplainRequest request, RouterOptions options)
    {
        _pathPolicy = options.PathPolicy;
        _hasRequestId = options.AddsRequestIds;
        _head = new RequestHead(
            new HeaderLimits(Limits.HeadBytesMax, Limits.HeaderCountMax, Limits.TargetBytesMax),
            options.Requests);
        _port = request.Port;
        _isSecure = request.IsSecure;
        _input = request.ToHead();
        if (_head.Parse(_input) != ParseStatus.Complete)
            Refusal = $"{_head.Rejection.HttpStatus()}: the request is refused ({_head.Rejection.Text()})";
        else if (_head.IsForRouter(_input))
            Refusal = "200: the router answers by itself; OPTIONS does not go upstream";
    }

    /// <summary>Why the request is answered without being routed; null when it is routed.</summary>
    public string? Refusal { get; }

    /// <summary>The header lines that neither matching nor the upstream sees, and why.</summary>
    public IEnumerable<string> Dropped()
    {
        for (int i = 0; i < _head.Count; i++)
        {
            HeaderField field = _head[i];
            string? why = field.Use switch
            {
                HeaderUse.Untrusted => "a client could invent it; see --trusted-proxies",
                HeaderUse.Ambiguous => "servers could read its name as another; see --header-names",
                _ => null,
            };
            if (why is not null)
                yield return $"header {Encoding.ASCII.GetString(field.Name(_input))}: {why}";
        }
    }

    /// <summary>Which way it takes on this address, and why its path is refused there, if it is.</summary>
    public RouteExplanation Lookup(CompiledSnapshot compiled, string address, out string? refusal)
    {
        Span<byte> host = stackalloc byte[HeaderLimits.HostBytesMax];
        host = host[.._head.CopyHostLower(_input, host)];
        int group = compiled.FindGroup(address, _port);
        int listener = compiled.FindListener(group, host).Index;
        PathPolicy policy = listener < 0 ? PathPolicy.Router : compiled.Source.Listeners[listener].PathPolicy;
        Rejection rejection =
            _head.ApplyPathPolicy(_input, policy == PathPolicy.Router ? _pathPolicy : policy);
        refusal = rejection == Rejection.None || listener < 0
            ? null
            : $"{rejection.HttpStatus()}: the listener's policy refuses the path ({rejection.Text()})";
        scoped RequestHeaderView headers = new(_head, _input);
        RouteExplanation asSent = Explain(_head.MethodRange.Of(_input), ref headers, host);
        CorsRequest cors = new(_head, _input);
        if (!cors.IsPreflight || HasPolicy(asSent)) return asSent;
        RouteExplanation wanted = Explain(cors.Method, ref headers, host);
        return HasPolicy(wanted) ? wanted : asSent;

        RouteExplanation Explain(
            ReadOnlySpan<byte> method, ref RequestHeaderView view, ReadOnlySpan<byte> name)
        {
            RequestTarget target = new()
            {
                Host = name,
                Method = method,
                Path = _head.MatchedPath(_input),
                Query = _head.QueryRange.Of(_input),
            };
            return compiled.Explain(group, in target, ref view);
        }

        bool HasPolicy(RouteExplanation found) =>
            found.Hit.RuleId >= 0 && compiled.Rule(found.Hit.RuleId).Filters.CorsIndex >= 0;
    }

    /// <summary>The answer to a CORS preflight; null for any other request.</summary>
    public string? WritePreflight(CompiledSnapshot compiled, int index)
    {
        CorsRequest request = new(_head, _input);
        if (!request.IsPreflight) return null;
        if (!CorsLines.Allows(compiled, in compiled.Cors(index), request.Origin))
            return "403: the rule does not allow this origin (origin-refused)";
        byte[] output = new byte[Limits.HeadBytesMax * 2];
        Http1Encoder encoder = new(output);
        PreflightWriter.Write(
            ref encoder, new CorsLines(compiled, index, request.Origin), in request, RequestId,
            date: default);
        return Encoding.UTF8.GetString(output, 0, encoder.Written);
    }

    private CorsLines CorsOf(CompiledSnapshot compiled, int index)
    {
        if (index < 0) return default;
        CorsRequest request = new(_head, _input);
        bool isAllowed = CorsLines.Allows(compiled, in compiled.Cors(index), request.Origin);
        return new CorsLines(compiled, index, isAllowed ? request.Origin : default);
    }

    /// <summary>The path that is matched and forwarded, where that is not what was sent.</summary>
    public string? CanonicalPath()
    {
        ReadOnlySpan<byte> path = _head.Path(_input);
        return path.SequenceEqual(_head.PathRange.Of(_input)) ? null
            : $"{Encoding.ASCII.GetString(path)} is matched and forwarded";
    }

    /// <summary>The head that goes upstream; its request id and a trace that begins here are zeros.</summary>
    public string WriteUpstream(
        CompiledSnapshot compiled, in CompiledRule rule, in CompiledBackend backend, RouteHit hit)
    {
        byte[] output = new byte[Limits.HeadBytesMax * 2];
        Http1Encoder encoder = new(output);
        RequestHeadWriter.Write(
            ref encoder, _input, _head, compiled, rule, backend.Filters, hit, Forwarded());
        int length = encoder.Written;
        return length < 0 ? "431: the head does not fit after the filters" : Encoding.UTF8.GetString(
            output, 0, length);
    }

    /// <summary>The redirect that answers it.</summary>
    public string WriteRedirect(
        CompiledSnapshot compiled, int index, in CompiledFilters ruleFilters, RouteHit hit)
    {
        byte[] output = new byte[Limits.HeadBytesMax * 2];
        Http1Encoder encoder = new(output);
        RedirectWriter.Write(
            ref encoder, _input, _head, compiled, compiled.Redirect(index), ruleFilters, hit, Forwarded(),
            CorsOf(compiled, ruleFilters.CorsIndex), date: default);
        int length = encoder.Written;
        return length < 0 ? "431: the answer does not fit" : Encoding.UTF8.GetString(output, 0, length);
    }

    // An id of zeros stands for the one that each exchange gets.
    private RequestId RequestId => _hasRequestId ? new RequestId(0, 0) : default;

    private ForwardedFacts Forwarded() => new()
    {
        PeerAddress = "<client address>"u8,
        IsHttps = _isSecure,
        ListenerPort = _port,
        RequestId = RequestId,
        TraceIdHigh = 0,
        TraceIdLow = 0,
    };
}
