using System.Globalization;
using System.Text;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests.Tls;

/// <summary>
/// The seeds of the simulation once more, with TLS 1.2 or 1.3 on every connection of clients and endpoints,
/// and a renewed certificate with every snapshot. A seed repeats the plan, but not the bytes on the wire.
/// </summary>
public sealed class TlsSeedTests
{
    private const int Batch = 50;
    private const int Seeds = 100;

    public static TheoryData<int> Batches()
    {
        TheoryData<int> batches = [];
        for (int first = 0; first < Seeds; first += Batch) batches.Add(first);
        return batches;
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Whatever_happens_every_exchange_over_TLS_is_answered_as_it_may_be(int first)
    {
        StringBuilder failures = new();
        int answered = 0;
        for (int seed = first; seed < first + Batch; seed++)
        {
            using TlsActors actors = new();
            RunResult result = SimulationRun.ExecuteTls((ulong)seed, actors);
            answered += result.Deliveries[(int)Actors.Delivery.Upstream];
            if (result.Violations.Count == 0) continue;
            failures.Append(CultureInfo.InvariantCulture, $"seed {seed}:\n");
            foreach (string violation in result.Violations) failures.Append("  ").AppendLine(violation);
        }

        Assert.True(failures.Length == 0, failures.ToString());
        Assert.True(answered > Batch, $"{answered} exchanges are answered only");
    }
}
