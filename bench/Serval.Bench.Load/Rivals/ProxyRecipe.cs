using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Rivals;

/// <summary>How to start one of the proxies that are compared.</summary>
/// <param name="Name">As it appears in the tables.</param>
/// <param name="Program">Path of the program.</param>
/// <param name="Version">Arguments that make it print its version.</param>
/// <param name="Arguments">
/// Writes its configuration; returns the arguments that make it proxy in the given place.
/// </param>
internal sealed record ProxyRecipe(string Name, string Program, string Version,
    Func<ProxyPlace, Scenario, IReadOnlyList<string>> Arguments)
{
    /// <summary>Whether Serval is measured against it.</summary>
    public bool IsRival { get; init; }

    /// <summary>Whether it is a build of Serval.</summary>
    public bool IsServal { get; init; }

    /// <summary>
    /// It forwards bytes and reads none, so it adds no headers and never closes a connection.
    /// </summary>
    public bool IsBare { get; init; }

    /// <summary>Every proxy there is a recipe for.</summary>
    /// <param name="root">Of the checkout.</param>
    /// <param name="serval">The build of Serval that is measured.</param>
    /// <param name="before">Another build of it to measure that one against, or none.</param>
    public static IReadOnlyList<ProxyRecipe> All(string root, string serval, string? before = null)
    {
        string rivals = Path.Combine(root, "bench", "rivals");
        string bare = Path.Combine(AppContext.BaseDirectory.Replace("Serval.Bench.Load", "Serval.Bench.Bare",
            StringComparison.Ordinal), "Serval.Bench.Bare");
        return
        [
            new("nginx", "/usr/sbin/nginx", "-v",
                (place, scenario) =>
                [
                    "-p", place.Directory,
                    "-c", NginxFiles.Write(
                        place, Path.Combine(rivals, NginxFiles.TemplateFor(scenario)), scenario),
                ])
            {
                IsRival = true,
            },
            new("haproxy", "/usr/sbin/haproxy", "-v",
                (place, scenario) =>
                [
                    "-db", "-f",
                    HaproxyFiles.Write(
                        place, Path.Combine(rivals, HaproxyFiles.TemplateFor(scenario)), scenario),
                ])
            {
                IsRival = true,
            },
            .. before is null
                ? Array.Empty<ProxyRecipe>()
                : [Serval("before", root, before) with { IsRival = true, IsServal = true }],
            Serval("serval", root, serval) with { IsServal = true },
            new("bare", bare, "", (place, _) =>
                ["--port", $"{place.Port}", "--origin", $"{place.OriginPort}"])
            {
                IsBare = true,
            },
        ];
    }

    private static ProxyRecipe Serval(string name, string root, string program) =>
        new(name, program, "--version", (place, scenario) =>
        [
            "run", ServalFiles.Write(place, ServalTemplates(root), scenario),
            "--workers", "1", "--cpus", $"{place.Cpu}", "--admin", $"127.0.0.1:{place.AdminPort}",
        ]);

    /// <summary>Why the scenario says nothing about this proxy, or null.</summary>
    public string? NotApplicable(Scenario scenario) => scenario switch
    {
        { Tls: TlsUse.PassedThrough } when Name == "nginx" && !File.Exists(NginxFiles.StreamModule) =>
            $"not applicable: {NginxFiles.StreamModule} is not there (Debian: libnginx-mod-stream)",
        { EndsTls: true } when IsBare => "not applicable: a forwarder that reads nothing does not end TLS",
        { ClosesConnections: true } when IsBare =>
            "not applicable: a forwarder that reads nothing cannot keep upstream connections",
        { Routes: > 0 } or { Endpoints: > 1 } or { SwapsPerSecond: not null } when IsBare =>
            "not applicable: a forwarder has no configuration",
        { SwapsPerSecond: not null } when IsRival && !IsServal =>
            "not applicable: it reloads by starting anew and closes kept connections",
        _ => null,
    };

    /// <summary>Where the templates of Serval's files are.</summary>
    public static string ServalTemplates(string root) => Path.Combine(root, "bench", "rivals", "serval");
}
