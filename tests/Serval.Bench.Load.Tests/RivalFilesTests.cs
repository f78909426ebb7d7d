using System.Diagnostics;
using System.Net;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Reporting;
using Serval.Bench.Load.Rivals;
using Serval.Bench.Load.Tls;
using Serval.Config.Model;
using Serval.Control;

namespace Serval.Bench.Load.Tests;

public sealed class RivalFilesTests : IDisposable
{
    private static readonly string Rivals = Path.Combine(RepositoryRoot.Find(), "bench", "rivals");

    private readonly ProxyPlace _place =
        new(Directory.CreateTempSubdirectory("serval-bench-test-").FullName, 8080, 9901, 9000, 0);

    public static TheoryData<string, int, int> Sizes => new()
    {
        { "plain", 0, 1 },
        { "routes", 3, 1 },
        { "endpoints", 0, 3 },
    };

    public void Dispose() => Directory.Delete(_place.Directory, recursive: true);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Nginx_is_configured_as_the_golden_says(string name, int routes, int endpoints)
    {
        string path = NginxFiles.Write(_place, Path.Combine(Rivals, "nginx.conf"), Of(routes, endpoints));
        Golden.Check($"nginx-{name}.conf", Content(path, "hosts.map"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Haproxy_is_configured_as_the_golden_says(string name, int routes, int endpoints)
    {
        string path = HaproxyFiles.Write(_place, Path.Combine(Rivals, "haproxy.cfg"), Of(routes, endpoints));
        Golden.Check($"haproxy-{name}.cfg", Content(path, "hosts.map"));
    }

    [InstalledTheory("/usr/sbin/nginx")]
    [InlineData(10_000, 1)]
    [InlineData(0, 1_000)]
    public void Nginx_takes_its_configuration(int routes, int endpoints)
    {
        string path = NginxFiles.Write(_place, Path.Combine(Rivals, "nginx.conf"), Of(routes, endpoints));
        AssertRuns("/usr/sbin/nginx", "-t", "-p", _place.Directory, "-c", path);
    }

    [InstalledTheory("/usr/sbin/haproxy")]
    [InlineData(10_000, 1)]
    [InlineData(0, 1_000)]
    public void Haproxy_takes_its_configuration(int routes, int endpoints)
    {
        string path = HaproxyFiles.Write(_place, Path.Combine(Rivals, "haproxy.cfg"), Of(routes, endpoints));
        AssertRuns("/usr/sbin/haproxy", "-c", "-f", path);
    }

    [InstalledTheory("/usr/sbin/nginx")]
    [InlineData(nameof(TlsUse.Terminated))]
    [InlineData(nameof(TlsUse.PassedThrough))]
    public void Nginx_takes_its_configuration_of_TLS(string use)
    {
        Scenario scenario = Of(0, 1) with { Tls = Enum.Parse<TlsUse>(use) };
        string template = NginxFiles.TemplateFor(scenario);
        if (scenario.Tls == TlsUse.PassedThrough && !File.Exists(NginxFiles.StreamModule))
        {
            return; // the bench names it in the row
        }

        string path = NginxFiles.Write(_place, Path.Combine(Rivals, template), scenario);
        AssertRuns("/usr/sbin/nginx", "-t", "-p", _place.Directory, "-c", path);
    }

    [InstalledTheory("/usr/sbin/haproxy")]
    [InlineData(nameof(TlsUse.Terminated))]
    [InlineData(nameof(TlsUse.PassedThrough))]
    public void Haproxy_takes_its_configuration_of_TLS(string use)
    {
        Scenario scenario = Of(0, 1) with { Tls = Enum.Parse<TlsUse>(use) };
        string template = HaproxyFiles.TemplateFor(scenario);
        string path = HaproxyFiles.Write(_place, Path.Combine(Rivals, template), scenario);
        AssertRuns("/usr/sbin/haproxy", "-c", "-f", path);
    }

    [Theory]
    [InlineData(nameof(TlsUse.Terminated), 1, 0)]
    [InlineData(nameof(TlsUse.PassedThrough), 0, 1)]
    public void Serval_reads_its_files_of_TLS_without_a_finding(string use, int routes, int tlsRoutes)
    {
        Scenario scenario = Of(0, 1) with { Tls = Enum.Parse<TlsUse>(use) };
        Translation read = new FileProvider(
            ServalFiles.Write(_place, Path.Combine(Rivals, "serval"), scenario)).Load();
        Assert.Empty(read.Findings);
        Assert.Equal(routes, read.Snapshot.Routes.Length);
        Assert.Equal(routes, read.Snapshot.Certificates.Length);
        Assert.Equal(tlsRoutes, read.Snapshot.TlsRoutes.Length);
    }

    [Theory]
    [InlineData(0, 1, null)]
    [InlineData(5_001, 1, null)]
    [InlineData(0, 1_001, null)]
    [InlineData(0, 1, 10)]
    public void Serval_reads_its_files_without_a_finding(int routes, int endpoints, int? swaps)
    {
        Scenario scenario = Of(routes, endpoints) with { SwapsPerSecond = swaps };
        Translation read = new FileProvider(
            ServalFiles.Write(_place, Path.Combine(Rivals, "serval"), scenario)).Load();
        Assert.Empty(read.Findings);
        Assert.Equal(Math.Max(1, routes) + (swaps is null ? 0 : 1), read.Snapshot.Routes.Length);
        Endpoint[] found = [.. Assert.Single(read.Snapshot.EndpointSets).Endpoints];
        Assert.Equal(endpoints, found.Length);
        Assert.All(found, endpoint => Assert.True(IPAddress.IsLoopback(IPAddress.Parse(endpoint.Address))));
    }

    [Fact]
    public void Every_swap_is_another_configuration_and_comes_when_it_is_due()
    {
        string templates = Path.Combine(Rivals, "serval");
        Scenario scenario = Of(0, 1) with { SwapsPerSecond = 10 };
        FileProvider files = new(ServalFiles.Write(_place, templates, scenario));
        HashSet<string> versions = [files.Load().Snapshot.Version];
        Swaps swaps = new(_place, templates, 10);
        foreach ((long atMs, int count) in new[] { (5_000, 1), (5_099, 1), (5_100, 2), (5_200, 3) })
        {
            swaps.Turn(atMs * 1_000_000);
            Assert.Equal(count, swaps.Count);
            versions.Add(files.Load().Snapshot.Version);
        }

        Assert.Equal(1 + 3, versions.Count);
    }

    [Fact]
    public void The_number_of_live_configurations_is_read_from_the_metrics() => Assert.Equal(
        17, AdminMetrics.Read("# TYPE serval_snapshots_applied_total counter\n"
            + "serval_snapshots_applied_total 17\nserval_snapshots_held 1\n"));

    private static Scenario Of(int routes, int endpoints) =>
        new("test") { Routes = routes, Endpoints = endpoints };

    private string Content(string path, string map) =>
        (File.ReadAllText(path) + $"==> {map}\n" + File.ReadAllText(Path.Combine(_place.Directory, map)))
        .Replace(_place.Directory, "@DIRECTORY@", StringComparison.Ordinal);

    private static void AssertRuns(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{errors}{output.Result}");
    }
}
