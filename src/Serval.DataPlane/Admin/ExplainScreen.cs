using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serval.Config.Compiling;
using Serval.Config.Model;

namespace Serval.DataPlane.Admin;

/// <summary>
/// One readable screen on which way a request takes and why, found by the lookup that workers use. The words are for
/// people and may change; programs read <c>/config</c>.
/// </summary>
public static class ExplainScreen
{
    /// <summary>Writes the screen.</summary>
    public static string Write(Snapshot snapshot, ExplainRequest request)
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(snapshot);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{request.Method} {request.Url}\n");
        ImmutableArray<string> addresses = AddressesOn(snapshot, request.Port);
        if (addresses.IsEmpty)
            Line(text, "answer", $"none: no listener has port {request.Port}; there is {Ports(snapshot)}");
        foreach (string address in addresses)
            WriteGroup(text, snapshot, compiled, request, address);
        return text.ToString();
    }

    private static void WriteGroup(
        StringBuilder text, Snapshot snapshot, CompiledSnapshot compiled, ExplainRequest request, string address)
    {
        text.Append('\n');
        Line(text, "address", address.Length == 0 ? $"every address, port {request.Port}" : $"{address}, port {request.Port}");
        RouteExplanation found = Explain(compiled, request, address);
        Line(text, "listener", found.Listener);
        Line(text, "hostnames", found.Hostnames.IsEmpty ? "none of a route fits" : string.Join(", then ", found.Hostnames));
        foreach (ExplainedRule rule in found.Rules)
        {
            if (rule.Failed != FailedPredicate.None)
                Line(text, "passed", $"{Name(rule)}: {Word(rule.PathKind)} {rule.Path}, but {Failure(rule.Failed)}");
        }
        if (found.IsTruncated)
            Line(text, "", "and more rules that did not match");
        if (found.Hit.RuleId < 0)
        {
            Line(text, "answer", "404: no rule matches");
            return;
        }
        CompiledRule chosen = compiled.Rule(found.Hit.RuleId);
        HttpRoute route = snapshot.Routes[chosen.RouteIndex];
        WriteRule(text, snapshot, request, found, route.Rules[chosen.RuleIndex]);
    }

    private static RouteExplanation Explain(CompiledSnapshot compiled, ExplainRequest request, string address)
    {
        RequestTarget target = new()
        {
            Group = compiled.FindGroup(address, request.Port),
            Host = Encoding.UTF8.GetBytes(request.Host),
            Method = Encoding.UTF8.GetBytes(request.Method),
            Path = Encoding.UTF8.GetBytes(request.Path),
            Query = Encoding.UTF8.GetBytes(request.Query),
        };
        ExplainHeaders headers = new(request);
        return compiled.Explain(target, ref headers);
    }

    private static void WriteRule(
        StringBuilder text, Snapshot snapshot, ExplainRequest request, RouteExplanation found, HttpRule rule)
    {
        ExplainedRule chosen = found.Rules[^1];
        Line(text, "rule", rule.Name is null ? Name(chosen) : $"{Name(chosen)} \"{rule.Name}\"");
        Line(text, "because", $"hostname {chosen.Hostname}, {Word(chosen.PathKind)} {chosen.Path}{Others(rule, chosen)}");
        ExplainFilters filters = new(request, found.Hit.MatchedPrefixLength);
        foreach (string line in filters.Describe(rule.Filters))
            Line(text, "filter", line);
        if (rule.RequestTimeoutMs > 0)
            Line(text, "timeout", $"{rule.RequestTimeoutMs} ms for the whole exchange");
        if (rule.BackendRequestTimeoutMs > 0)
            Line(text, "timeout", $"{rule.BackendRequestTimeoutMs} ms for one attempt");
        if (filters.RedirectOf(rule.Filters) is { } answer)
        {
            Line(text, "answer", answer);
            return;
        }
        Line(text, "upstream", filters.UpstreamOf(rule.Filters));
        WriteBackends(text, snapshot, rule, filters);
    }

    private static void WriteBackends(StringBuilder text, Snapshot snapshot, HttpRule rule, ExplainFilters filters)
    {
        long total = 0;
        foreach (WeightedCluster backend in rule.Backends)
            total += backend.Weight;
        if (total == 0)
            Line(text, "answer", "500: the rule has no backend with a weight above 0");
        foreach (WeightedCluster backend in rule.Backends)
        {
            double share = total == 0 ? 0 : 100.0 * backend.Weight / total;
            Line(text, "backend", $"{share:0.##} %  {backend.Cluster ?? "unresolved reference: 500"}  {Endpoints(snapshot, backend)}");
            foreach (string line in filters.Describe(backend.Filters))
                Line(text, "", $"filter: {line}");
        }
    }

    private static string Endpoints(Snapshot snapshot, WeightedCluster backend)
    {
        const int Shown = 4;
        if (backend.Cluster is null)
            return "";
        foreach (EndpointSet set in snapshot.EndpointSets)
        {
            if (set.Cluster != backend.Cluster || set.Endpoints.IsEmpty)
                continue;
            StringBuilder text = new();
            foreach (Endpoint endpoint in set.Endpoints[..Math.Min(Shown, set.Endpoints.Length)])
                text.Append(text.Length == 0 ? "" : ", ").Append(AddressText.Join(endpoint.Address, endpoint.Port));
            if (set.Endpoints.Length > Shown)
                text.Append(CultureInfo.InvariantCulture, $" and {set.Endpoints.Length - Shown} more");
            return text.ToString();
        }
        return "no ready endpoint: 503";
    }

    /// <summary>The predicates beside the path, of the matches that have the chosen path.</summary>
    private static string Others(HttpRule rule, ExplainedRule chosen)
    {
        StringBuilder text = new();
        foreach (Match match in rule.Matches)
        {
            PathMatch path = match.Path ?? new PathMatch(PathMatchKind.Prefix, "/");
            if (path.Kind != chosen.PathKind || path.Value.TrimEnd('/') != chosen.Path.TrimEnd('/'))
                continue;
            string predicates = Predicates(match);
            if (predicates.Length > 0)
                text.Append(text.Length == 0 ? ", " : " or ").Append(predicates);
        }
        return text.ToString();
    }

    private static string Predicates(Match match)
    {
        StringBuilder text = new();
        if (match.Method is not null)
            text.Append("method ").Append(match.Method);
        foreach (ValueMatch header in match.Headers)
            text.Append(text.Length == 0 ? "" : " and ").Append("header ").Append(Predicate(header));
        foreach (ValueMatch parameter in match.Query)
            text.Append(text.Length == 0 ? "" : " and ").Append("query ").Append(Predicate(parameter));
        return text.ToString();
    }

    private static string Predicate(ValueMatch match) => $"{match.Name} {(match.IsRegex ? "~" : "=")} {match.Value}";

    private static ImmutableArray<string> AddressesOn(Snapshot snapshot, int port)
    {
        ImmutableArray<string>.Builder found = ImmutableArray.CreateBuilder<string>();
        foreach (Listener listener in snapshot.Listeners)
        {
            if (listener.Port != port)
                continue;
            ImmutableArray<string> addresses = listener.Addresses.IsEmpty ? [""] : listener.Addresses;
            foreach (string address in addresses)
            {
                if (!found.Contains(address))
                    found.Add(address);
            }
        }
        return found.ToImmutable();
    }

    private static string Ports(Snapshot snapshot)
    {
        SortedSet<int> ports = [];
        foreach (Listener listener in snapshot.Listeners)
            ports.Add(listener.Port);
        return ports.Count == 0 ? "no listener at all" : string.Join(", ", ports);
    }

    private static string Name(ExplainedRule rule) =>
        string.Create(CultureInfo.InvariantCulture, $"HTTPRoute {rule.Route} rule {rule.RuleIndex}");

    private static string Word(PathMatchKind kind) => kind switch
    {
        PathMatchKind.Exact => "path is",
        PathMatchKind.Prefix => "path begins with",
        _ => "path matches the pattern",
    };

    private static string Failure(FailedPredicate failed) => failed switch
    {
        FailedPredicate.Path => "the path differs",
        FailedPredicate.Method => "the method differs",
        FailedPredicate.Header => "a header differs",
        _ => "a query parameter differs",
    };

    private static void Line(StringBuilder text, string name, string value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name,-10} {value}\n");
}
