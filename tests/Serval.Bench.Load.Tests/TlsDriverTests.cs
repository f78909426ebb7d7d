using System.Diagnostics;
using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Kernel;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Tests;

/// <summary>The generator as a client of TLS: what it takes for a fault, and what not.</summary>
public class TlsDriverTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(300_000)]
    public void Every_size_arrives_whole(int bodyBytes)
    {
        using TlsOrigin origin = new(bodyBytes);
        // That a connection got no answer is a fault.
        Assert.Equal("", Run(origin, Of(TlsUse.Terminated, bodyBytes)).Faults);
    }

    [Fact]
    public void A_body_that_was_changed_on_its_way_is_a_fault()
    {
        using TlsOrigin origin = new(1_000, isDamaged: true);
        Assert.Contains("damaged body", Run(origin, Of(TlsUse.Terminated, 1_000)).Faults,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(TlsUse.Terminated))]
    [InlineData(nameof(TlsUse.Resumed))]
    public void Every_request_may_have_a_connection_of_its_own(string use)
    {
        using TlsOrigin origin = new(128, closes: true);
        Scenario scenario = Of(Enum.Parse<TlsUse>(use), 128) with { ClosesConnections = true };
        Assert.Equal("", Run(origin, scenario).Faults);
    }

    [Fact]
    public void A_server_that_resumes_nothing_is_not_measured_as_one_that_does()
    {
        using TlsOrigin origin = new(128, resumes: false, closes: true);
        Scenario scenario = Of(TlsUse.Resumed, 128) with { ClosesConnections = true };
        Assert.Contains("was not resumed", Run(origin, scenario).Faults, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hello_is_one_whole_record_with_the_name_in_clear_text()
    {
        byte[] hello = new TlsClients(resumes: false).Hello();
        Assert.Equal(0x16, hello[0]);
        Assert.Equal(hello.Length, 5 + ((hello[3] << 8) | hello[4]));
        Assert.True(hello.AsSpan().IndexOf("bench.example"u8) > 0);
    }

    // The whole way: files, the program, the generator.
    [PublishedTheory]
    [InlineData("https-64")]
    [InlineData("https-full")]
    [InlineData("https-resumed")]
    [InlineData("https-body-1m")]
    [InlineData("passthrough-1m")]
    public void Serval_is_measured_without_a_fault(string scenario)
    {
        string results = Directory.CreateTempSubdirectory("serval-bench-test-").FullName;
        ProcessStartInfo start = new("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Serval.Bench.Load.dll"), "bench", "--scenario", scenario,
            "--proxy", "serval", "--serval", PublishedTheoryAttribute.Program, "--rounds", "1", "--laps", "1",
            "--seconds", "0.1", "--warmup", "0.1", "--results", results,
            "--cpu", $"{Environment.ProcessorCount - 1}",
        ])
        {
            RedirectStandardOutput = true,
        };
        using Process bench = Process.Start(start)!;
        string report = bench.StandardOutput.ReadToEnd();
        bench.WaitForExit();
        Directory.Delete(results, recursive: true);
        Assert.True(bench.ExitCode == 0, report);
        Assert.DoesNotContain("skipped", report, StringComparison.Ordinal);
    }

    private static Scenario Of(TlsUse use, int bodyBytes) => new("test")
    {
        Tls = use,
        BodyBytes = bodyBytes,
        Connections = 4,
        WarmUpSeconds = 0.05,
        Seconds = 0.2,
    };

    private static RunResult Run(TlsOrigin origin, Scenario scenario)
    {
        using EventLoop loop = new();
        Faults faults = new();
        Origin unused = new(loop, faults, 0);
        ClientPlan plan = ClientPlan.For(scenario, new SocketAddress4(0x7f000001, origin.Port));
        return new Driver(loop, scenario, faults, plan).Run([], unused);
    }
}
