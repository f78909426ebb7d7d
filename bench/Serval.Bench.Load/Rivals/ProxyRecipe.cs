using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Rivals;

/// <summary>How to start one of the proxies that are compared.</summary>
/// <param name="Name">As it appears in the tables.</param>
/// <param name="Program">Path of the program.</param>
/// <param name="Version">Arguments that make it print its version.</param>
/// <param name="Arguments">Arguments that make it proxy in the given place.</param>
internal sealed record ProxyRecipe(string Name, string Program, string Version,
    Func<ProxyPlace, IReadOnlyList<string>> Arguments)
{
    /// <summary>Whether Serval is measured against it.</summary>
    public bool IsRival { get; init; }

    /// <summary>
    /// It forwards bytes and reads none, so it adds no headers and never closes a connection.
    /// </summary>
    public bool IsBare { get; init; }

    public static IReadOnlyList<ProxyRecipe> All(string root, string serval)
    {
        string rivals = Path.Combine(root, "bench", "rivals");
        string bare = Path.Combine(AppContext.BaseDirectory.Replace("Serval.Bench.Load", "Serval.Bench.Bare",
            StringComparison.Ordinal), "Serval.Bench.Bare");
        return
        [
            new("nginx", "/usr/sbin/nginx", "-v",
                place => ["-p", place.Directory, "-c", place.Fill(Path.Combine(rivals, "nginx.conf"))])
            {
                IsRival = true,
            },
            new("haproxy", "/usr/sbin/haproxy", "-v",
                place => ["-db", "-f", place.Fill(Path.Combine(rivals, "haproxy.cfg"))])
            {
                IsRival = true,
            },
            new("serval", serval, "--version", place =>
            [
                "run", Path.GetDirectoryName(place.Fill(Path.Combine(rivals, "serval", "bench.yaml")))!,
                "--workers", "1", "--cpus", $"{place.Cpu}", "--admin", $"127.0.0.1:{place.AdminPort}",
            ]),
            new("bare", bare, "", place => ["--port", $"{place.Port}", "--origin", $"{place.OriginPort}"])
            {
                IsBare = true,
            },
        ];
    }

    /// <summary>Why the scenario says nothing about this proxy, or null.</summary>
    public string? NotApplicable(Scenario scenario) => IsBare && scenario.ClosesConnections
        ? "not applicable: a forwarder that reads nothing cannot keep upstream connections"
        : null;
}
