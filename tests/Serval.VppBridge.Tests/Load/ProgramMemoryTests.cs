using System.Globalization;
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.Commands;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Interop;
using Serval.VppBridge.Tests.Simulation;
using Xunit.Abstractions;

namespace Serval.VppBridge.Tests.Load;

/// <summary>
/// What the published program holds beside a VPP with 504 interfaces: that of <c>make build</c>, as it runs
/// at a site.
/// </summary>
[Collection(nameof(LoadTests))]
public sealed class ProgramMemoryTests(ITestOutputHelper output)
{
    private const int InterfacesCount = 504;
    private const int CallersCount = 8;

    // Some 30 MiB of it are pages of the program and its libraries, whatever it does.
    private const long ResidentBytesMax = 64L * 1024 * 1024;
    private const long GrowthBytesMax = 12L * 1024 * 1024;

    // Afterwards the heap has its size. A minute of samples comes with time, not with calls.
    private const int WarmCalls = 2_000;

    [ProgramFact]
    public Task A_few_thousand_calls_stay_below_the_bound() => RunAsync(callsCount: 6_000);

    [LoadFact]
    public Task Figures_of_a_hundred_thousand_calls() => RunAsync(callsCount: 100_000);

    private async Task RunAsync(int callsCount)
    {
        await using SimulatedVpp vpp = SimulatedVpp.Start(Fill);
        using var segment = new SimulatedStats(vpp.Folder);
        string[] names = [.. vpp.State.Interfaces.Values.Select(i => i.Name)];
        segment.Write(
            names, [[.. names.Select((_, i) => ((ulong)i, (ulong)i * 100))]], new ulong[names.Length],
            new() { [0] = [(1, 60)] });
        string folder = Directory.CreateTempSubdirectory("memory").FullName;
        string socket = Path.Combine(folder, "vpp.sock");
        using VppCommand program = VppCommand.Start(
            "", "vpp-gateway", "--listen", $"unix:{socket}", "--admin", "127.0.0.1:0", "--vpp-runtime-dir",
            vpp.Folder, "--state-dir", Path.Combine(folder, "state"), "--log-level", "warning");
        using GrpcChannel channel = Channel(socket);
        await Eventually.BecomesAsync(() => File.Exists(socket));
        // It listens before it has found its VPP.
        await Eventually.BecomesAsync(async () => await HasVppAsync(channel));
        await ApplyAsync(channel, 0);
        await BindAsync(channel);
        Tell("ready", program);
        await Eventually.BecomesAsync(async () => await HasCountersAsync(channel));
        await CallAsync(channel, WarmCalls);
        long warm = Tell($"{WarmCalls} calls", program);
        long most = warm;
        for (int done = WarmCalls; done < callsCount; done += callsCount / 10)
        {
            await CallAsync(channel, callsCount / 10);
            most = Math.Max(most, Tell($"{done + (callsCount / 10)} calls", program));
        }

        program.Terminate();
        Assert.Equal(0, (await program.EndAsync()).ExitCode);
        Directory.Delete(folder, recursive: true);
        Assert.True(most <= ResidentBytesMax, $"{most / 1024} KiB resident");
        Assert.True(most - warm <= GrowthBytesMax, $"grew from {warm / 1024} to {most / 1024} KiB");
    }

    // What operators and scrapers ask for, and a change now and then.
    private static Task CallAsync(GrpcChannel channel, int count) => Parallel.ForEachAsync(
        Enumerable.Range(0, CallersCount), async (caller, _) =>
        {
            for (int i = 0; i < count / CallersCount; i++)
            {
                switch (i % 100)
                {
                    case 99 when caller == 0:
                        await ApplyAsync(channel, i);
                        break;
                    case < 60:
                        await AskAsync(channel, "GetStats", new GetStatsRequest(), GetStatsResponse.Parser);
                        break;
                    case < 80:
                        await AskAsync(channel, "ListAcls", new ListAclsRequest(), ListAclsResponse.Parser);
                        break;
                    default:
                        await AskAsync(
                            channel, "GetVersion", new GetVersionRequest(), GetVersionResponse.Parser);
                        break;
                }
            }
        });

    private static async Task<bool> HasVppAsync(GrpcChannel channel)
    {
        try
        {
            await AskAsync(channel, "GetVersion", new GetVersionRequest(), GetVersionResponse.Parser);
            return true;
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }

    private static void Fill(SimulatedState state)
    {
        for (uint i = 10; state.Interfaces.Count < InterfacesCount; i++)
            state.AddInterface($"host-tap{i}", i, isUp: true, mtu: 9000);
    }

    private static Task ApplyAsync(GrpcChannel channel, int turn) => AskAsync(
        channel, "ApplyAcl",
        new ApplyAclRequest
        {
            Acl = Gateway.Acl("edge", [.. Enumerable.Range(0, 200).Select(i =>
                Gateway.Rule(AclAction.Permit, $"10.{i}.0.0/16", port: (uint)(1 + (turn % 60_000))))]),
        },
        ApplyAclResponse.Parser);

    private static Task BindAsync(GrpcChannel channel) => AskAsync(
        channel, "BindAcls", new BindAclsRequest { Interface = "host-tap10", InputAcls = { "edge" } },
        BindAclsResponse.Parser);

    private static Task<T> AskAsync<T>(
        GrpcChannel channel, string method, IMessage request, MessageParser<T> parser)
        where T : class, IMessage<T> =>
        channel.UnaryAsync($"/serval.vpp.v1.VppGateway/{method}", request, parser);

    private static GrpcChannel Channel(string socket) => GrpcChannel.ForAddress(
        "http://localhost", new GrpcChannelOptions
        {
            MaxReceiveMessageSize = null,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancel) =>
                {
                    var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                    return new NetworkStream(client, ownsSocket: true);
                },
            },
        });

    private static async Task<bool> HasCountersAsync(GrpcChannel channel)
    {
        try
        {
            await AskAsync(channel, "GetStats", new GetStatsRequest(), GetStatsResponse.Parser);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }

    private long Tell(string when, VppCommand program)
    {
        Dictionary<string, long> sizes = File.ReadLines($"/proc/{program.Id}/status")
            .Where(line => line.EndsWith(" kB", StringComparison.Ordinal))
            .Select(line => line.Split(':'))
            .ToDictionary(parts => parts[0], parts => long.Parse(
                parts[1].Replace(" kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
        output.WriteLine($"{when}: {sizes["VmRSS"]} KiB resident, of files {sizes["RssFile"]}, "
            + $"own {sizes["RssAnon"]}, at most {sizes["VmHWM"]}");
        return sizes["VmRSS"] * 1024;
    }
}
