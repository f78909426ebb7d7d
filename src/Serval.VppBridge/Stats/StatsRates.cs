using Google.Protobuf.WellKnownTypes;
using Serval.Vpp.V1;
using Serval.VppBridge.Model;

namespace Serval.VppBridge.Stats;

/// <summary>Rates over a window of samples. Counters that go back were cleared: what came before does not
/// count.</summary>
internal static class StatsRates
{
    public static Rates Compute(IReadOnlyList<StatsSample> samples, string name, TimeSpan window)
    {
        StatsSample last = samples[^1];
        InterfaceCounters end = last.Interfaces[name];
        InterfaceCounters start = end;
        DateTimeOffset startAt = last.At;
        bool isReset = false;
        for (int i = samples.Count - 2; i >= 0 && last.At - samples[i].At <= window; i--)
        {
            if (!samples[i].Interfaces.TryGetValue(name, out InterfaceCounters earlier))
                break;
            if (earlier.RxPackets > start.RxPackets || earlier.TxPackets > start.TxPackets
                || earlier.RxBytes > start.RxBytes || earlier.TxBytes > start.TxBytes
                    || earlier.Drops > start.Drops)
            {
                isReset = true;
                break;
            }

            (start, startAt) = (earlier, samples[i].At);
        }

        TimeSpan over = last.At - startAt;
        var rates = new Rates { Window = Duration.FromTimeSpan(over), CounterReset = isReset };
        if (over <= TimeSpan.Zero)
            return rates;
        double seconds = over.TotalSeconds;
        rates.RxPacketsPerS = (end.RxPackets - start.RxPackets) / seconds;
        rates.RxBytesPerS = (end.RxBytes - start.RxBytes) / seconds;
        rates.TxPacketsPerS = (end.TxPackets - start.TxPackets) / seconds;
        rates.TxBytesPerS = (end.TxBytes - start.TxBytes) / seconds;
        rates.DropsPerS = (end.Drops - start.Drops) / seconds;
        return rates;
    }
}
