using System.Runtime.InteropServices;
using Prometheus;
using Serval.Common.Monitoring;

namespace Serval.CommandLine.Roles;

/// <summary>
/// What a gateway or bridge tells of its process, and which build it is, in a registry of the library. A
/// router writes the same itself (<see cref="ProcessMetrics"/>). Thread: any.
/// </summary>
internal sealed class ProcessSeries
{
    private readonly MetricFactory _make;
    private readonly Dictionary<string, Action<double>> _series = new(StringComparer.Ordinal);
    private readonly Lock _updating = new();

    private ProcessSeries(CollectorRegistry registry, string role)
    {
        _make = Metrics.WithCustomRegistry(registry);
        _make.CreateGauge(ProcessMetrics.BuildName, ProcessMetrics.BuildHelp, "version", "role", "runtime")
            .WithLabels(RouterRole.Version, role, RuntimeInformation.FrameworkDescription).Set(1);
    }

    /// <summary>Adds the series; each page has them as they are when it is written.</summary>
    /// <param name="registry">That of the page.</param>
    /// <param name="role">The verb that runs.</param>
    public static void AddTo(CollectorRegistry registry, string role) =>
        registry.AddBeforeCollectCallback(new ProcessSeries(registry, role).Update);

    // What could not be read so far gets its series once it can.
    private void Update()
    {
        lock (_updating)
        {
            foreach (ProcessFact fact in ProcessFacts.Read())
            {
                if (!_series.TryGetValue(fact.Name, out Action<double>? set))
                    _series.Add(fact.Name, set = Series(fact));
                set(fact.Value);
            }
        }
    }

    private Action<double> Series(ProcessFact fact) => fact.IsCounter
        ? _make.CreateCounter(fact.Name, fact.Help).IncTo
        : _make.CreateGauge(fact.Name, fact.Help).Set;
}
