using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Rivals;

/// <summary>Addresses of the one origin, which answers on all of them.</summary>
internal static class BenchEndpoints
{
    /// <summary>Where the origin does not answer, and a broken endpoint may stand.</summary>
    public const string Broken = "127.0.200.1";

    private const int HostsPerNetwork = 250;

    /// <summary>Different loopback addresses, the first of them 127.0.0.1.</summary>
    public static IEnumerable<string> Addresses(int count) => Enumerable.Range(0, count)
        .Select(i => $"127.0.{i / HostsPerNetwork}.{(i % HostsPerNetwork) + 1}");

    /// <summary>The endpoints of a scenario's service.</summary>
    public static IEnumerable<string> Addresses(Scenario scenario) => scenario.HasBrokenEndpoint
        ? Addresses(scenario.Endpoints).Append(Broken)
        : Addresses(scenario.Endpoints);
}
