using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Rivals;

/// <summary>
/// haproxy.cfg for a scenario. Many routes are a map from hosts, which is a tree; many endpoints are chosen
/// as Serval chooses, the less busy of two at random.
/// </summary>
internal static class HaproxyFiles
{
    private const string Tls = " ssl crt @DIRECTORY@/bench.pem ssl-min-ver TLSv1.3";

    /// <summary>The template for a scenario.</summary>
    public static string TemplateFor(Scenario scenario) =>
        scenario.Tls == TlsUse.PassedThrough ? "haproxy-passthrough.cfg" : "haproxy.cfg";

    public static string Write(ProxyPlace place, string template, Scenario scenario)
    {
        File.WriteAllLines(Path.Combine(place.Directory, "hosts.map"),
            Enumerable.Range(0, scenario.Routes).Select(route => $"{BenchHosts.Of(route)} service"));
        if (scenario.EndsTls)
        {
            BenchCertificate.Write(place.Directory);
        }

        return place.Fill(template,
            ("@TLS@", scenario.EndsTls ? Tls : ""),
            ("@SCHEME@", scenario.EndsTls ? "https" : "http"),
            ("@SERVERS@", Servers(scenario)),
            ("@ROUTES@", scenario.Routes > 0
                ? "use_backend %[req.hdr(host),lower,map(@DIRECTORY@/hosts.map)]"
                : "default_backend service"));
    }

    private static string Servers(Scenario scenario)
    {
        IEnumerable<string> servers = BenchEndpoints.Addresses(scenario).Select((address, i) =>
            $"server origin{i} {address}:@ORIGIN@ pool-max-conn 8192 pool-purge-delay 1h"
            + (scenario.HasBrokenEndpoint ? " check inter 1s" : ""));
        IEnumerable<string> lines = scenario.Endpoints > 1 || scenario.HasBrokenEndpoint
            ? servers.Prepend("balance random(2)") : servers;
        return string.Join("\n    ", lines);
    }
}
