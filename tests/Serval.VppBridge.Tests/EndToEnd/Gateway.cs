using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Serval.Vpp.V1;
using Serval.VppBridge.Tests.Interop;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.EndToEnd;

/// <summary>A bridge before a simulated VPP, called over gRPC.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private const string Service = "/serval.vpp.v1.VppGateway/";
    // Memory where there is some: hundreds of changes would wait for the disk.
    private readonly string _state = Directory.CreateDirectory(Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(),
        $"state-{Guid.NewGuid():N}")).FullName;
    private readonly VppTransportKind _transport;
    private readonly bool _repair;
    private readonly TimeProvider? _callClock;
    private Func<VppGatewayOptions, VppGatewayOptions> _change = options => options;
    private VppGatewayHost? _host;
    private GrpcChannel? _channel;

    private Gateway(SimulatedVpp vpp, VppTransportKind transport, bool repair, TimeProvider? callClock)
    {
        _callClock = callClock;
        Vpp = vpp;
        _transport = transport;
        _repair = repair;
    }

    public SimulatedVpp Vpp { get; }

    public bool AllowKeysOverCli { get; init; }

    public string StateFolder => _state;

    public VppGatewayHost Host => _host!;

    public GrpcChannel Channel => _channel!;

    public static async Task<Gateway> StartAsync(
        VppTransportKind transport = VppTransportKind.Api, bool repair = true, TimeProvider? callClock = null,
        Action<SimulatedState>? boot = null, Func<VppGatewayOptions, VppGatewayOptions>? change = null)
    {
        var gateway = new Gateway(SimulatedVpp.Start(boot), transport, repair, callClock)
        {
            // Tunnels over the CLI are for tests that bring a clock, which are those of faults.
            AllowKeysOverCli = callClock is not null,
        };
        gateway._change = change ?? gateway._change;
        await gateway.StartBridgeAsync();
        return gateway;
    }

    public async Task StartBridgeAsync()
    {
        _host = await VppGatewayHost.StartAsync(
            _change(new VppGatewayOptions
            {
                Listen = "127.0.0.1:0",
                Admin = "127.0.0.1:0",
                VppRuntimeDirectory = Vpp.Folder,
                Transport = _transport,
                StateDirectory = _state,
                Repair = _repair,
                AllowKeysOverCli = AllowKeysOverCli,
                CallClock = _callClock ?? TimeProvider.System,
                ReconnectPauseMin = _callClock is null ? Limits.ReconnectPauseMin
                    : TimeSpan.FromMilliseconds(5),
            }),
            logging => logging.SetMinimumLevel(LogLevel.None),
            CancellationToken.None);
        _channel = GrpcChannel.ForAddress(new Uri(_host.Addresses[0]));
        await Eventually.BecomesAsync(() => _host.Reconciler.Status.IsConverged);
    }

    public async Task StopBridgeAsync()
    {
        _channel!.Dispose();
        await _host!.DisposeAsync();
    }

    public Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser)
        where TResponse : class, IMessage<TResponse> =>
        Channel.UnaryAsync(Service + method, request, parser);

    public async Task<Change> ApplyAsync(Acl acl, bool dryRun = false, string version = "") =>
        (await CallAsync(
            "ApplyAcl", new ApplyAclRequest { Acl = acl, DryRun = dryRun, ResourceVersion = version },
            ApplyAclResponse.Parser)).Change;

    /// <summary>A bridge that looks at VPP only when it connects, at events, and for changes.</summary>
    public static VppGatewayOptions WithoutLooks(VppGatewayOptions options) =>
        options with { UnsettledLookInterval = TimeSpan.FromHours(1) };

    public async Task<Change> BindAsync(
        string name, string[] inputs, string[] outputs, bool cutSessions = false)
    {
        var request = new BindAclsRequest { Interface = name, CutSessions = cutSessions };
        request.InputAcls.AddRange(inputs);
        request.OutputAcls.AddRange(outputs);
        return (await CallAsync("BindAcls", request, BindAclsResponse.Parser)).Change;
    }

    public static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call)
    {
        RpcException e = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(code == e.StatusCode, e.Message);
        return e;
    }

    public static Acl Acl(string name, params AclRule[] rules)
    {
        var acl = new Acl { Name = name };
        acl.Rules.AddRange(rules);
        return acl;
    }

    public static AclRule Rule(
        AclAction action, string source = "", string destination = "", uint port = 0) => new()
        {
            Action = action,
            Source = source,
            Destination = destination,
            IpVersion = 4,
            Protocol = port == 0 ? "" : "tcp",
            DestinationPorts = port == 0 ? null : new PortRange { First = port, Last = port },
        };

    public async ValueTask DisposeAsync()
    {
        await StopBridgeAsync();
        await Vpp.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }
}
