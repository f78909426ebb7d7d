using System.CommandLine;
using Microsoft.Extensions.Logging;
using Serval.Common;
using Serval.CommandLine.Roles;
using Serval.VppBridge;

namespace Serval.CommandLine;

/// <summary><c>serval vpp-gateway</c>: a typed gRPC service for the FD.io VPP beside it.</summary>
internal static class VppGatewayVerb
{
    private static readonly VppGatewayOptions Defaults = new();

    private static readonly Option<string> Listen = Text(
        "--listen", "ADDR:PORT|unix:PATH", "Where gRPC is served; other than loopback needs certificates",
        Defaults.Listen);

    private static readonly Option<string> Admin = Text(
        "--admin", "ADDR:PORT", "Where probes and metrics are served, and nothing else", Defaults.Admin);

    private static readonly Option<string> RuntimeDirectory = Text(
        "--vpp-runtime-dir", "DIR", "Folder of VPP's sockets", Defaults.VppRuntimeDirectory);

    private static readonly WordOption<VppTransportKind> Transport = new(
        "--vpp-transport", "The way into VPP; auto takes the binary API where it answers",
        VppTransportKind.Auto);

    private static readonly Option<string> StateDirectory = Text(
        "--state-dir", "DIR", "Where the desired state is kept, private keys included",
        Defaults.StateDirectory);

    private static readonly Option<string?> KeyDirectory = new("--key-dir")
    {
        HelpName = "DIR",
        Description = "Folder that private key files of requests are read from; refused when absent",
    };

    private static readonly Option<bool> Repair = new("--repair")
    {
        HelpName = "true|false",
        Description = "Repair what differs in VPP from what was asked for, or only report it",
        DefaultValueFactory = _ => true,
    };

    private static readonly Option<bool> AllowKeysOverCli = new("--allow-keys-over-cli")
    {
        Description = "Let private keys go over VPP's CLI, which VPP may write to its log",
    };

    private static readonly Option<string?> Certificate =
        File("--tls-cert-file", "Server certificate chain, PEM");

    private static readonly Option<string?> CertificateKey = File("--tls-key-file", "Its private key, PEM");

    private static readonly Option<string?> ClientCa =
        File("--client-ca", "Authorities of client certificates, PEM");

    private static readonly Option<string[]> AllowedClients = new("--allow-client")
    {
        HelpName = "NAME",
        Description = "A client that may call: DNS name, URI or common name of its certificate; repeatable",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Token =
        File("--token-file", "Bearer token that calls have to carry");

    private static readonly LoggingFlags LogFlags = new();

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Command verb = new(
            "vpp-gateway", "Serve gRPC for the VPP beside it: interfaces, tunnels, ACLs, NAT, stats")
        {
            Listen, Admin, RuntimeDirectory, Transport.Option, StateDirectory, KeyDirectory, Repair,
            AllowKeysOverCli, Certificate, CertificateKey, ClientCa, AllowedClients, Token,
        };
        LogFlags.AddTo(verb);
        verb.SetAction(RunAsync);
        return verb;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        using StopSignals signals = new();
        using ILoggerFactory loggers = LogFlags.Create(parsed);
        ILogger log = loggers.CreateLogger("serval");
        try
        {
            await using VppGatewayHost host = await VppGatewayHost.StartAsync(
                Read(parsed), logging => RoleHost.AddTo(logging.Services, signals, loggers), signals.AtOnce);
            foreach (string address in host.Addresses)
                Log.VppGatewayListening(log, address);
            await host.WaitForShutdownAsync();
        }
        catch (Exception refusal) when (
            refusal is OptionException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Log.CannotStart(log, refusal.Message);
            return 1;
        }

        Log.Stopped(log);
        return 0;
    }

    /// <summary>What the bridge is started with.</summary>
    internal static VppGatewayOptions Read(ParseResult parsed) => new()
    {
        Listen = parsed.GetValue(Listen)!,
        Admin = parsed.GetValue(Admin)!,
        VppRuntimeDirectory = parsed.GetValue(RuntimeDirectory)!,
        Transport = Transport.Read(parsed),
        StateDirectory = parsed.GetValue(StateDirectory)!,
        KeyDirectory = parsed.GetValue(KeyDirectory),
        Repair = parsed.GetValue(Repair),
        AllowKeysOverCli = parsed.GetValue(AllowKeysOverCli),
        CertificateFile = parsed.GetValue(Certificate),
        CertificateKeyFile = parsed.GetValue(CertificateKey),
        ClientCaFile = parsed.GetValue(ClientCa),
        AllowedClients = parsed.GetValue(AllowedClients)!,
        TokenFile = parsed.GetValue(Token),
        AddSeries = registry => ProcessSeries.AddTo(registry, "vpp-gateway"),
    };

    private static Option<string> Text(string name, string help, string description, string value)
    {
        Option<string> option = new(name) { HelpName = help, Description = description };
        option.DefaultValueFactory = _ => value;
        return option;
    }

    private static Option<string?> File(string name, string description) =>
        new(name) { HelpName = "FILE", Description = description };
}
