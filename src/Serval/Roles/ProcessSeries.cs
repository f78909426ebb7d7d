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
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly Func<IReadOnlyList<ProcessFact>> _read;
    private readonly Lock _updating = new();

    private ProcessSeries(CollectorRegistry registry, string role, Func<IReadOnlyList<ProcessFact>> read)
    {
        _read = read;
        _make = Metrics.WithCustomRegistry(registry);
        _make.CreateGauge(ProcessMetrics.BuildName, ProcessMetrics.BuildHelp, "version", "role", "runtime")
            .WithLabels(RouterRole.Version, role, RuntimeInformation.FrameworkDescription).Set(1);
    }

    /// <summary>Adds the series; each page has them as they are when it is written.</summary>
    /// <param name="registry">That of the page.</param>
    /// <param name="role">The verb that runs.</param>
    /// <param name="read">Reads the facts; null for those of this process.</param>
    public static void AddTo(
        CollectorRegistry registry, string role, Func<IReadOnlyList<ProcessFact>>? read = null) =>
        registry.AddBeforeCollectCallback(
            new ProcessSeries(registry, role, read ?? (static () => ProcessFacts.Read())).Update);

    // A fact that cannot be read now is not on the page; one that could not be read so far gets its series
    // once it can.
    private void Update()
    {
        lock (_updating)
        {
            IReadOnlyList<ProcessFact> facts = _read();
            foreach (ProcessFact fact in facts)
            {
                if (!_series.TryGetValue(fact.Name, out Series? series))
                    _series.Add(fact.Name, series = Make(fact));
                series.Set(fact.Value);
            }

            foreach ((string name, Series series) in _series)
            {
                if (!facts.Any(fact => fact.Name == name))
                    series.Hide();
            }
        }
    }

    private Series Make(ProcessFact fact)
    {
        if (fact.IsCounter)
        {
            Counter counter = _make.CreateCounter(fact.Name, fact.Help);
            return new Series(counter.IncTo, counter.Unpublish);
        }

        Gauge gauge = _make.CreateGauge(fact.Name, fact.Help);
        return new Series(gauge.Set, gauge.Unpublish);
    }

    // A value that is set is shown.
    private sealed record Series(Action<double> Set, Action Hide);
}
