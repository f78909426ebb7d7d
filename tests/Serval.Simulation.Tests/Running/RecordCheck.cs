using System.Text;
using System.Text.Json;
using Serval.DataPlane.Accounting;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>Exactly one accounting record per exchange, and it says what the client has seen.</summary>
internal static class RecordCheck
{
    public static void Check(SimulatedNetwork network, PlanBook plans, SimulatedWorker[] workers)
    {
        int[] records = new int[plans.Count];
        int lines = 0;
        foreach (string line in workers.SelectMany(worker => Lines(worker.Log)))
        {
            lines++;
            using JsonDocument record = JsonDocument.Parse(line);
            // A head that cannot be read has no path to be told by.
            if (!record.RootElement.TryGetProperty("path", out JsonElement path)) continue;
            ExchangePlan? plan = plans.Find(path.GetString()!);
            if (plan is null)
            {
                // What can be read of a garbled head may be another path.
                if (record.RootElement.TryGetProperty("reject_reason", out _)) continue;
                network.Violate("a record of nobody's exchange: " + line);
                continue;
            }

            records[plan.Id]++;
            CheckRecord(network, plan, record.RootElement);
        }

        long outcomes = 0;
        bool isWhole = true;
        foreach (WorkerCounters counters in workers.Select(worker => worker.Worker.Counters))
        {
            for (int outcome = 0; outcome < OutcomeText.Count; outcome++)
                outcomes += counters.ReadOutcome((Outcome)outcome);
            isWhole &= counters.Read(Counter.AccessLogDropped) == 0;
        }

        foreach (WorkerCounters counters in workers.Select(worker => worker.Worker.Counters))
            CheckClusters(network, counters);
        if (outcomes < lines || (isWhole && outcomes != lines))
            network.Violate($"{lines} records, {outcomes} outcomes");
        foreach (ExchangePlan plan in plans.Plans)
        {
            bool isAnswered = plan.Delivery is Delivery.Upstream or Delivery.Local;
            // What cannot be read has no path to be recorded by.
            bool isUnreadable = plan.ClientFault == ClientFault.Garbles
                || plan.Reason is "downstream-timed-out" or "cut-for-memory";
            bool isRecorded = records[plan.Id] == 1 || (!isAnswered && records[plan.Id] == 0);
            if (!isRecorded && !isUnreadable)
                network.Violate($"exchange {plan.Id} has {records[plan.Id]} records");
        }
    }

    // What is counted by cluster is a part of what is counted in all, and nothing is in progress at the end.
    private static void CheckClusters(SimulatedNetwork network, WorkerCounters counters)
    {
        long connects = 0;
        long failures = 0;
        for (int row = 0; row <= counters.Clusters.Series; row++)
        {
            connects += counters.Clusters.ReadConnects(row);
            foreach (ConnectFailure kind in Enum.GetValues<ConnectFailure>())
                failures += counters.Clusters.ReadConnectFailures(row, kind);
            if (counters.Clusters.ReadInFlight(row) is not 0 and var left)
                network.Violate($"{left} exchanges are left in flight at cluster {row}");
        }

        if (connects != counters.Read(Counter.UpstreamConnects))
            network.Violate($"clusters have {connects} connects");
        if (failures != counters.Read(Counter.UpstreamConnectFailures))
            network.Violate($"clusters have {failures} connects that failed");
    }

    private static void CheckRecord(SimulatedNetwork network, ExchangePlan plan, JsonElement record)
    {
        int status = record.GetProperty("status").GetInt32();
        string outcome = record.GetProperty("outcome").GetString()!;
        // A client that goes away may have got what the kernel has not told us of.
        bool isUntold = status == 0 && outcome == "downstream-aborted";
        if (plan.Delivery == Delivery.Upstream && status != plan.StatusSeen && !isUntold)
            network.Violate($"exchange {plan.Id} is recorded with {status}, was answered {plan.StatusSeen}");
        string reason = record.TryGetProperty("reject_reason", out JsonElement rule)
            ? rule.GetString()! : outcome;
        bool isSame = reason == plan.Reason && status == plan.StatusSeen;
        if (plan.Delivery == Delivery.Local && !isSame && outcome != "downstream-aborted")
            network.Violate(
                $"exchange {plan.Id} is recorded as {outcome} {status}, "
                + $"was answered {plan.Reason} {plan.StatusSeen}");
    }

    private static string[] Lines(AccessLogQueue log)
    {
        StringBuilder text = new();
        for (ReadOnlyMemory<byte> run = log.Peek(); !run.IsEmpty; run = log.Peek())
        {
            text.Append(Encoding.UTF8.GetString(run.Span));
            log.Advance(run.Length);
        }

        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
