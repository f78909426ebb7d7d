using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Serval.Vpp.V1;
using Length = Serval.Common.Duration;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp stats</c>: counters and rates of interfaces, and what ACL rules matched.</summary>
internal static class StatsVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server)
    {
        Argument<string[]> names = new("INTERFACE")
        {
            Description = "Only these; all without",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<bool> rules = new("--acl-rules") { Description = "Add what each ACL rule matched" };
        Option<bool> watch = new("--watch") { Description = "Again and again" };
        Option<Length> interval = DurationOption.Create(
            "--interval", "Between two answers of --watch", new Length(5_000));
        Option<Length> window = DurationOption.Create(
            "--window", "What rates are computed over, 1s to 1m", new Length(10_000));
        WatchFlags flags = new();
        Command verb = new("stats", "Counters and rates")
        {
            names, rules, watch, interval, window, flags.Count,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            GetStatsRequest request = new()
            {
                AclRules = parsed.GetValue(rules),
                Window = Duration(parsed.GetValue(window)),
            };
            request.Interfaces.AddRange(parsed.GetValue(names) ?? []);
            if (!parsed.GetValue(watch))
            {
                GetStatsResponse answer = await client.Gateway.GetStatsAsync(request, client.Once);
                printer.Print(answer, Tables(answer, request.AclRules));
                return;
            }
            WatchStatsRequest watching = new()
            {
                Stats = request,
                Interval = Duration(parsed.GetValue(interval)),
            };
            await flags.WatchAsync(
                parsed, client, options => client.Gateway.WatchStats(watching, options),
                answer => printer.PrintNext(
                    answer, $"{EventsVerb.Time(answer.CollectedAt)} {VppPrinter.Clean(answer.Source)}\n"
                        + string.Concat<TextTable>(Tables(answer, request.AclRules)) + "\n"));
        });
        return verb;
    }

    private static TextTable[] Tables(GetStatsResponse answer, bool hasRules) =>
        hasRules ? [Interfaces(answer), Rules(answer)] : [Interfaces(answer)];

    private static TextTable Interfaces(GetStatsResponse answer)
    {
        TextTable table = new(
            "NAME", ">RX-PACKETS", ">RX-BYTES", ">RX-PACKETS/S", ">RX-BYTES/S", ">TX-PACKETS", ">TX-BYTES",
            ">TX-PACKETS/S", ">TX-BYTES/S", ">DROPS", ">ERRORS", ">MISSES");
        foreach (InterfaceStats item in answer.Interfaces.OrderBy(item => item.Name, StringComparer.Ordinal))
        {
            Rates rates = item.Rates ?? new Rates();
            table.Add(
                item.Name, VppPrinter.Number(item.RxPackets), VppPrinter.Number(item.RxBytes),
                VppPrinter.Rate(rates.RxPacketsPerS), VppPrinter.Rate(rates.RxBytesPerS),
                VppPrinter.Number(item.TxPackets), VppPrinter.Number(item.TxBytes),
                VppPrinter.Rate(rates.TxPacketsPerS), VppPrinter.Rate(rates.TxBytesPerS),
                VppPrinter.Number(item.Drops), VppPrinter.Number(item.RxErrors + item.TxErrors),
                VppPrinter.Number(item.RxMisses));
        }
        return table;
    }

    private static TextTable Rules(GetStatsResponse answer)
    {
        TextTable table = new("ACL", ">RULE", ">PACKETS", ">BYTES");
        foreach (AclStats acl in answer.Acls.OrderBy(acl => acl.Name, StringComparer.Ordinal))
        {
            for (int i = 0; i < acl.Rules.Count; i++)
            {
                table.Add(
                    acl.Name, VppPrinter.Number(i), VppPrinter.Number(acl.Rules[i].Packets),
                    VppPrinter.Number(acl.Rules[i].Bytes));
            }
        }
        return table;
    }

    private static Duration Duration(Length length) =>
        Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMilliseconds(length.Milliseconds));
}
