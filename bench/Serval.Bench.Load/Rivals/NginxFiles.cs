using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Messages;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Rivals;

/// <summary>
/// nginx.conf for a scenario. Many routes are a map from hosts, which is a hash table; many endpoints are
/// chosen as Serval chooses, the less busy of two at random.
/// </summary>
internal static class NginxFiles
{
    /// <summary>Debian packs it by itself: libnginx-mod-stream.</summary>
    public const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    private const string Tls =
        """
         ssl;
                ssl_certificate @DIRECTORY@/bench.crt;
                ssl_certificate_key @DIRECTORY@/bench.key;
                ssl_protocols TLSv1.3
        """;

    /// <summary>The template for a scenario.</summary>
    public static string TemplateFor(Scenario scenario) =>
        scenario.Tls == TlsUse.PassedThrough ? "nginx-passthrough.conf" : "nginx.conf";

    public static string Write(ProxyPlace place, string template, Scenario scenario)
    {
        File.WriteAllLines(Path.Combine(place.Directory, "hosts.map"),
            Enumerable.Range(0, scenario.Routes).Select(route => $"{BenchHosts.Of(route)} service;"));
        if (scenario.EndsTls)
        {
            BenchCertificate.Write(place.Directory);
        }

        return place.Fill(template,
            ("@TLS@", scenario.EndsTls ? Tls : ""),
            ("@SERVERS@", Servers(scenario)),
            ("@ROUTES@", scenario.Routes > 0 ? Map(scenario) : ""),
            ("@SERVICE@", scenario.Routes > 0 ? "$service" : "service"));
    }

    private static string Servers(Scenario scenario)
    {
        string failures = scenario.HasBrokenEndpoint ? "" : " max_fails=0";
        IEnumerable<string> servers = BenchEndpoints.Addresses(scenario)
            .Select(address => $"server {address}:@ORIGIN@{failures};");
        IEnumerable<string> lines = scenario.Endpoints > 1
            ? servers.Prepend("random two least_conn;")
            : servers;
        return string.Join("\n        ", lines);
    }

    private static string Map(Scenario scenario) =>
        $$"""
        map_hash_max_size {{Math.Max(2048, 4 * scenario.Routes)}};
            map_hash_bucket_size 128;
            map $http_host $service {
                include @DIRECTORY@/hosts.map;
            }

        """;
}
