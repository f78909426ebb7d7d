using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Rivals;

/// <summary>One scenario with a row for each proxy.</summary>
internal sealed record Table(Scenario Scenario, IReadOnlyList<Row> Rows);
