using System.Runtime.InteropServices;
using Serval.Common.Monitoring;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>What a router tells of its process, and which build it is. Thread: any.</summary>
internal static class ProcessMetrics
{
    /// <summary>Name of the series that tells which build runs.</summary>
    public const string BuildName = "serval_build_info";

    /// <summary>What it is, for the page.</summary>
    public const string BuildHelp = "The build and role of this process; always 1.";

    /// <summary>Writes it.</summary>
    /// <param name="writer">The page.</param>
    /// <param name="version">Of this program.</param>
    /// <param name="role">The verb that runs.</param>
    public static void Write(MetricsWriter writer, string version, string role)
    {
        writer.OpenGauge(BuildName, BuildHelp);
        writer.Sample(1, new MetricLabel("version", version), new MetricLabel("role", role),
            new MetricLabel("runtime", RuntimeInformation.FrameworkDescription));
        foreach (ProcessFact fact in ProcessFacts.Read())
        {
            if (fact.IsCounter)
                writer.Counter(fact.Name, fact.Help, fact.Value);
            else
                writer.Gauge(fact.Name, fact.Help, fact.Value);
        }
    }
}
