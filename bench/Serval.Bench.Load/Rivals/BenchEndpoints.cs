namespace Serval.Bench.Load.Rivals;

/// <summary>Addresses of the one origin, which answers on all of them.</summary>
internal static class BenchEndpoints
{
    private const int HostsPerNetwork = 250;

    /// <summary>Different loopback addresses, the first of them 127.0.0.1.</summary>
    public static IEnumerable<string> Addresses(int count) => Enumerable.Range(0, count)
        .Select(i => $"127.0.{i / HostsPerNetwork}.{(i % HostsPerNetwork) + 1}");
}
