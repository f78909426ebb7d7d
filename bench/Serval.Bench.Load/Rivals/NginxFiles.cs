using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Messages;

namespace Serval.Bench.Load.Rivals;

/// <summary>
/// nginx.conf for a scenario. Many routes are a map from hosts, which is a hash table; many endpoints are
/// chosen as Serval chooses, the less busy of two at random.
/// </summary>
internal static class NginxFiles
{
    public static string Write(ProxyPlace place, string template, Scenario scenario)
    {
        File.WriteAllLines(Path.Combine(place.Directory, "hosts.map"),
            Enumerable.Range(0, scenario.Routes).Select(route => $"{BenchHosts.Of(route)} service;"));
        return place.Fill(template,
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
