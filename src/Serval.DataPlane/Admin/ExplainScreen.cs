using System.Collections.Immutable;
using System.Globalization;
using Serval.Common;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>
/// One readable screen on which way a request takes and why. The words are for people and may change;
/// programs read <c>/config</c>. Owner: one request for an explanation.
/// </summary>
public sealed class ExplainScreen
{
    private const int EndpointsShown = 4;
    private const int HostsShown = 12;
    private readonly ImmutableArray<ExplanationLine>.Builder _lines =
        ImmutableArray.CreateBuilder<ExplanationLine>();

    private readonly Snapshot _snapshot;
    private readonly CompiledSnapshot _compiled;
    private readonly ExplainRequest _request;
    private readonly ExplainedHead _head;
    private bool _isServed;

    private ExplainScreen(CompiledSnapshot compiled, ExplainRequest request, RouterOptions options)
    {
        _compiled = compiled;
        _snapshot = compiled.Source;
        _request = request;
        _head = new ExplainedHead(request, options);
    }

    /// <summary>Writes the screen for a valid snapshot, as a router with these options would act.</summary>
    public static Explanation Write(Snapshot snapshot, ExplainRequest request, RouterOptions options)
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(snapshot);
        return Write(compiled, request, options);
    }

    /// <summary>Writes the screen for a snapshot that is compiled already.</summary>
    internal static Explanation Write(
        CompiledSnapshot compiled, ExplainRequest request, RouterOptions options)
    {
        ExplainScreen screen = new(compiled, request, options);
        screen.Write();
        return new Explanation(
            $"{request.Method} {request.Url}", screen._lines.ToImmutable(), screen._isServed);
    }

    private void Write()
    {
        ImmutableArray<string> addresses = AddressesOnPort();
        if (addresses.IsEmpty)
            Line("answer", $"none: no listener has port {_request.Port}; there is {Ports()}");
        else if (_head.Refusal is not null)
        {
            _isServed = _head.Refusal.StartsWith("200", StringComparison.Ordinal);
            Line("answer", _head.Refusal);
        }
        else
        {
            foreach (string dropped in _head.Dropped())
                Line("dropped", dropped);
            foreach (string address in addresses)
                WriteAddress(address);
        }
    }

    private void WriteAddress(string address)
    {
        Line("address", address.Length == 0 ? $"any, port {_request.Port}"
            : $"{address}, port {_request.Port}");
        ExplainedConnection connection = new(_compiled, _request, address);
        foreach ((string name, string value) in connection.Lines())
            Line(name, value);
        if (connection.Answer is { } ended)
        {
            Line("answer", ended);
            _isServed |= connection.IsServed;
            return;
        }

        RouteExplanation found = _head.Lookup(_compiled, address, out string? refusal);
        Line("listener", found.Listener);
        if (connection.FindMisdirection(found.Hit.ListenerIndex) is { } misdirection)
        {
            Line("answer", misdirection);
            return;
        }

        if (refusal is not null)
        {
            Line("answer", refusal);
            return;
        }

        if (_head.CanonicalPath() is { } canonical)
            Line("path", canonical);
        if (found.Hostnames.Length > 0)
            Line("hostname", string.Join(", then ", found.Hostnames));
        foreach (ExplainedRule tried in found.Rules)
        {
            if (tried.Failed != FailedPredicate.None)
                Line("passed by", $"{Name(tried)}: {ExplainWords.Failure(tried)}");
        }
        if (found.IsTruncated)
            Line("", "and more rules that did not match");
        if (found.Hit.RuleId < 0)
        {
            Line("answer", "404: no rule matches");
            if (found.Rules.IsEmpty)
                WriteHosts();
        }
        else
            WriteRule(found, found.Rules[^1]);
    }

    private void WriteRule(RouteExplanation found, ExplainedRule chosen)
    {
        ref readonly CompiledRule compiled = ref _compiled.Rule(found.Hit.RuleId);
        HttpRule rule = _compiled.Route(compiled.RouteIndex)!.Rules[compiled.RuleIndex];
        Line("rule", rule.Name is null ? Name(chosen) : $"{Name(chosen)}, named {rule.Name}");
        Line("because", $"host is {chosen.Hostname}, {ExplainWords.Success(rule, chosen)}");
        foreach (string filter in ExplainWords.Filters(rule.Filters))
            Line("filter", filter);
        if (rule.RequestTimeoutMs > 0)
            Line("timeout", $"{rule.RequestTimeoutMs} ms for the whole exchange");
        if (rule.BackendRequestTimeoutMs > 0)
            Line("timeout", $"{rule.BackendRequestTimeoutMs} ms for one attempt");
        if (rule.Retry is { } retry)
            Line("retry", ExplainWords.Retry(retry));

        string? preflight = compiled.Filters.CorsIndex < 0
            ? null
            : _head.WritePreflight(_compiled, compiled.Filters.CorsIndex);
        _isServed |= preflight is not null || compiled.Filters.RedirectIndex >= 0;
        if (preflight is not null)
            WriteHead("answer", preflight);
        else if (compiled.Filters.RedirectIndex >= 0)
            WriteHead("answer", _head.WriteRedirect(_compiled, compiled.Filters.RedirectIndex,
                compiled.Filters, found.Hit));
        else if (rule.IsRefused)
            Line("answer", "500: the control plane refused this rule; see the status of the route");
        else if (compiled.WeightTotal == 0)
            Line("answer", "500: the rule has no backend with a weight above 0");
        else
            WriteBackends(rule, in compiled, found.Hit);
    }

    private void WriteBackends(HttpRule rule, in CompiledRule compiled, RouteHit hit)
    {
        string shown = "";
        int below = 0;
        ReadOnlySpan<CompiledBackend> backends = _compiled.Backends(compiled.Backends);
        for (int i = 0; i < backends.Length; i++)
        {
            double share = 100.0 * (backends[i].CumulativeWeight - below) / compiled.WeightTotal;
            below = backends[i].CumulativeWeight;
            string target = Target(backends[i].ClusterIndex, out bool isReady);
            _isServed |= share > 0 && (isReady || backends[i].Filters.RedirectIndex >= 0);
            Line("backend", $"{share:0.##} % to {target}");
            foreach (string filter in ExplainWords.Filters(rule.Backends[i].Filters))
                Line("  filter", filter);
            string head = backends[i].Filters.RedirectIndex >= 0
                ? _head.WriteRedirect(_compiled, backends[i].Filters.RedirectIndex, compiled.Filters, hit)
                : _head.WriteUpstream(_compiled, in compiled, in backends[i], hit);
            if (backends[i].ClusterIndex >= 0 && head != shown)
                WriteHead("  receives", head);
            shown = head;
        }
    }

    private string Target(int clusterIndex, out bool isReady)
    {
        isReady = false;
        if (clusterIndex < 0)
            return "a reference that does not resolve: 500";
        string name = _compiled.Cluster(clusterIndex)!.Name;
        foreach (EndpointSet set in _snapshot.EndpointSets)
        {
            if (set.Cluster != name)
                continue;
            bool isFallback = set.Endpoints.IsDefaultOrEmpty;
            ImmutableArray<Endpoint> used = isFallback ? set.Fallback : set.Endpoints;
            if (used.IsDefaultOrEmpty)
                break;
            isReady = true;
            List<string> endpoints = [];
            foreach (Endpoint endpoint in used[..Math.Min(EndpointsShown, used.Length)])
                endpoints.Add(AddressText.Join(endpoint.Address, endpoint.Port));
            int more = used.Length - endpoints.Count;
            return $"{name}, which {(isFallback ? "falls back to" : "is")} {string.Join(" ", endpoints)}"
                + (more > 0 ? $" and {more} more" : "");
        }
        return $"{name}, which has no ready endpoint: 503";
    }

    // The hosts that requests on this port can name; the one that looks most like the request's comes first.
    private void WriteHosts()
    {
        SortedSet<string> hosts = new(StringComparer.Ordinal);
        foreach (HttpRoute route in _snapshot.Routes)
        {
            foreach (Attachment attachment in route.Attachments)
            {
                if (IsOnPort(attachment.Listener))
                    hosts.UnionWith(attachment.Hostnames.IsEmpty ? ["*"] : attachment.Hostnames);
            }
        }
        if (hosts.Count == 0)
        {
            Line("hosts", "none: no route is attached to a listener of this port");
            return;
        }
        List<string> shown = [];
        if (Spelling.FindNearest(hosts, _request.Host) is { } near)
        {
            Line("near", $"{near}: is this the host that was meant?");
            shown.Add(near);
        }
        foreach (string host in hosts)
        {
            if (shown.Count < HostsShown && !shown.Contains(host))
                shown.Add(host);
        }
        int more = hosts.Count - shown.Count;
        Line("hosts", string.Join(", ", shown) + (more > 0 ? $" and {more} more" : ""));
    }

    private bool IsOnPort(string name)
    {
        foreach (Listener listener in _snapshot.Listeners)
        {
            if (listener.Name == name)
                return listener.Port == _request.Port;
        }
        return false;
    }

    private ImmutableArray<string> AddressesOnPort()
    {
        ImmutableArray<string>.Builder found = ImmutableArray.CreateBuilder<string>();
        foreach (Listener listener in _snapshot.Listeners)
        {
            ImmutableArray<string> addresses = listener.Addresses.IsEmpty ? [""] : listener.Addresses;
            foreach (string address in addresses)
            {
                if (listener.Port == _request.Port && !found.Contains(address))
                    found.Add(address);
            }
        }
        return found.ToImmutable();
    }

    private string Ports()
    {
        SortedSet<int> ports = [];
        foreach (Listener listener in _snapshot.Listeners)
            ports.Add(listener.Port);
        return ports.Count == 0 ? "no listener at all" : string.Join(", ", ports);
    }

    private void WriteHead(string name, string head)
    {
        foreach (string line in head.TrimEnd().Split("\r\n"))
        {
            Line(name, line);
            name = "";
        }
    }

    private void Line(string name, string value) => _lines.Add(new ExplanationLine(name, value));

    private static string Name(ExplainedRule rule) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTPRoute {rule.Route} rule {rule.RuleIndex}");
}
