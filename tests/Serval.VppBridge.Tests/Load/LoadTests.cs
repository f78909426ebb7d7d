using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;
using Xunit.Abstractions;

namespace Serval.VppBridge.Tests.Load;

/// <summary>Alone, because memory is measured: other tests would be in it.</summary>
[CollectionDefinition(nameof(LoadTests), DisableParallelization = true)]
[Collection(nameof(LoadTests))]
public sealed class LoadTests(ITestOutputHelper output)
{
    private const int InterfacesCount = 1000;
    private const int RulesCount = 10_000;

    // What the server costs: the answer comes over the wire and its fields are skipped.
    private static readonly MessageParser<WatchEventsRequest> Skipping =
        WatchEventsRequest.Parser.WithDiscardUnknownFields(true);

    [Fact]
    public async Task A_thousand_interfaces_are_answered_over_and_over_without_growing()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        using SimulatedStats segment = Segment(gateway.Vpp.Folder);
        await CountAsync(gateway, callsCount: 300);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        GetStatsResponse last = await CountAsync(gateway, callsCount: 1000);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(InterfacesCount, last.Interfaces.Count);
        Assert.All(
            last.Interfaces, i => Assert.Equal($"if-{i.RxPackets}", i.Name));

        // A minute of samples is kept; each call of the thousand would leave its 100 KB.
        Assert.True(after - before < 24 * 1024 * 1024, $"{after - before} bytes more after 1,000 calls");
    }

    [Theory]
    [InlineData(VppTransportKind.Api)]
    [InlineData(VppTransportKind.Cli)]
    public async Task Acls_that_come_and_go_leave_nothing_behind(VppTransportKind transport)
    {
        await using Gateway gateway = await Gateway.StartAsync(transport, change: Gateway.WithoutLooks);
        await ReplaceAsync(5);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await ReplaceAsync(30);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(400, Assert.Single(gateway.Vpp.State.Acls.Values).Rules.Count);
        Assert.True(after - before < 4 * 1024 * 1024, $"{after - before} bytes more after 30 changes");

        async Task ReplaceAsync(int count)
        {
            for (int i = 0; i < count; i++)
                await gateway.ApplyAsync(Large(400, i));
            gateway.Vpp.Steps.Clear();
        }
    }

    [Fact]
    public async Task What_does_not_fit_one_command_of_the_cli_is_refused_before_anything_is_sent()
    {
        await using Gateway gateway = await Gateway.StartAsync(VppTransportKind.Cli);
        await Gateway.FailsAsync(
            StatusCode.FailedPrecondition, () => gateway.ApplyAsync(Large(RulesCount, 0)));
        Assert.Empty(gateway.Vpp.Steps);
    }

    [LoadFact]
    public async Task Figures()
    {
        await using Gateway gateway = await Gateway.StartAsync();
        using SimulatedStats segment = Segment(gateway.Vpp.Folder);
        for (int i = 0; i < 5; i++)
        {
            Acl acl = Large(RulesCount, i);
            long start = Stopwatch.GetTimestamp();
            await gateway.ApplyAsync(acl);
            Tell($"ApplyAcl, {RulesCount} rules, API, {(i == 0 ? "cold" : "again")}: "
                + $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
        }

        await using Gateway cli = await Gateway.StartAsync(VppTransportKind.Cli);
        foreach (int count in (int[])[800, 800, RulesCount])
        {
            long start = Stopwatch.GetTimestamp();
            string end = "taken";
            try
            {
                await cli.ApplyAsync(Large(count, (int)start & 0xff));
            }
            catch (RpcException e)
            {
                end = e.StatusCode.ToString();
            }

            Tell($"ApplyAcl, {count} rules, CLI: "
                + $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms, {end}");
        }

        await CountAsync(gateway, 200);
        foreach (bool isRead in (bool[])[true, false])
        {
            long begin = Stopwatch.GetTimestamp(), bytes = GC.GetTotalAllocatedBytes();
            using var cpu = Process.GetCurrentProcess();
            TimeSpan spent = cpu.TotalProcessorTime;
            const int Calls = 5000;
            await Parallel.ForEachAsync(
                Enumerable.Range(0, 8), async (_, _) =>
                {
                    for (int i = 0; i < Calls / 8; i++)
                    {
                        if (isRead)
                            await GetAsync(gateway, GetStatsResponse.Parser);
                        else
                            await GetAsync(gateway, Skipping);
                    }
                });
            cpu.Refresh();
            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            double cpuUs = (cpu.TotalProcessorTime - spent).TotalMicroseconds / Calls;
            Tell($"GetStats, {InterfacesCount} interfaces, 8 callers, answer "
                + $"{(isRead ? "read" : "skipped")} by the client: {Calls / seconds:F0} calls/s, "
                + $"{cpuUs:F0} us of CPU and {(GC.GetTotalAllocatedBytes() - bytes) / Calls} bytes "
                + $"allocated a call, {GC.GetTotalMemory(true) / 1024 / 1024} MiB held");
        }
    }

    private void Tell(string line) => output.WriteLine(line);

    private static async Task<GetStatsResponse> CountAsync(Gateway gateway, int callsCount)
    {
        GetStatsResponse? last = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (last?.Interfaces.Count != InterfacesCount)
        {
            limit.Token.ThrowIfCancellationRequested();
            try
            {
                last = await GetAsync(gateway, GetStatsResponse.Parser);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                await Task.Yield();
            }
        }

        await Parallel.ForEachAsync(
            Enumerable.Range(0, callsCount),
            async (_, _) => await GetAsync(gateway, GetStatsResponse.Parser));
        return last;
    }

    private static Task<T> GetAsync<T>(Gateway gateway, MessageParser<T> parser)
        where T : class, IMessage<T> => gateway.CallAsync("GetStats", new GetStatsRequest(), parser);

    private static SimulatedStats Segment(string folder)
    {
        var segment = new SimulatedStats(folder);
        segment.Write(
            [.. Enumerable.Range(0, InterfacesCount).Select(i => $"if-{i}")],
            [[.. Enumerable.Range(0, InterfacesCount).Select(i => ((ulong)i, (ulong)i * 100))]],
            new ulong[InterfacesCount], []);
        return segment;
    }

    private static Acl Large(int count, int turn) => Gateway.Acl("large", [.. Enumerable.Range(0, count)
        .Select(i => Gateway.Rule(
            AclAction.Permit, $"10.{i / 256}.{i % 256}.0/24", port: (uint)(1 + turn)))]);
}
