using System.Globalization;

namespace Serval.Bench.Load.Rivals;

/// <summary>What Serval says of itself on its admin port.</summary>
internal static class AdminMetrics
{
    private const string Applied = "serval_snapshots_applied_total ";

    /// <summary>How many configurations became live since the start.</summary>
    public static int SnapshotsApplied(ProxyPlace place)
    {
        using HttpClient client = new() { Timeout = TimeSpan.FromSeconds(5) };
        using HttpRequestMessage request = new(HttpMethod.Get, $"http://127.0.0.1:{place.AdminPort}/metrics");
        using HttpResponseMessage response = client.Send(request);
        using StreamReader reader = new(response.Content.ReadAsStream());
        return Read(reader.ReadToEnd());
    }

    internal static int Read(string metrics) => metrics.Split('\n')
        .Where(line => line.StartsWith(Applied, StringComparison.Ordinal))
        .Select(line => int.Parse(line.AsSpan(Applied.Length), CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
