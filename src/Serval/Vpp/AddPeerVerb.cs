using System.CommandLine;
using System.Net;
using Serval.Common;
using Serval.Common.Addressing;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp tunnels add-peer</c>: adds a peer, or replaces the one of its key; by a file or by
/// options.</summary>
internal static class AddPeerVerb
{
    private const long MillisecondsPerSecond = 1_000;

    private static readonly Option<string?> Key = Text("--public-key", "KEY", "Its public key, base64");

    private static readonly Option<string?> Endpoint = Text(
        "--endpoint", "ADDR:PORT", "Where it is; without it, it is the peer who calls");

    private static readonly Option<string?> AllowedIps = Text(
        "--allowed-ips", "NETWORKS", "Networks that it may send from: a,b");

    private static readonly Option<string?> TunnelAddress = Text(
        "--tunnel-address", "ADDR", "Its own address inside the tunnel");

    private static readonly Option<string?> Routes = Text(
        "--routes", "NETWORKS", "Networks to reach through it: a,b");

    private static readonly Option<Duration> Keepalive = DurationOption.Create(
        "--keepalive", "Time between keepalive packets, in whole seconds; 0s for none", new Duration(0),
        least: 0, most: ushort.MaxValue * MillisecondsPerSecond, step: MillisecondsPerSecond);

    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server)
    {
        ChangeFlags flags = new();
        Argument<string> tunnel = new("TUNNEL") { Description = "The name of the tunnel" };
        Option<string?> file = MessageFile.Option("A TunnelPeer", isRequired: false);
        Command verb = new("add-peer", "Add a peer, or replace the one that has its key")
        {
            tunnel, file, Key, Endpoint, AllowedIps, TunnelAddress, Routes, Keepalive, flags.DryRun,
            flags.ResourceVersion,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            string? path = parsed.GetValue(file);
            if (path is null == parsed.GetValue(Key) is null)
                throw new OptionException("give the peer by -f FILE, or by --public-key and its options");
            AddTunnelPeerRequest request = new()
            {
                Tunnel = parsed.GetValue(tunnel)!,
                Peer = path is null ? Read(parsed) : await MessageFile.ReadAsync<TunnelPeer>(path),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            AddTunnelPeerResponse answer = await client.Gateway.AddTunnelPeerAsync(request, client.Once);
            printer.PrintChange(answer, answer.Change, $"tunnel {request.Tunnel}", request.DryRun);
        });
        return verb;
    }

    private static TunnelPeer Read(ParseResult parsed)
    {
        TunnelPeer peer = new()
        {
            PublicKey = parsed.GetValue(Key)!,
            TunnelAddress = parsed.GetValue(TunnelAddress) ?? "",
        };
        if (parsed.GetValue(Endpoint) is { } text)
        {
            if (!Endpoints.TryParse(text, out IPEndPoint? endpoint))
                throw new OptionException($"--endpoint {text} is not ADDR:PORT or [V6ADDR]:PORT");
            (peer.EndpointAddress, peer.EndpointPort) = (endpoint.Address.ToString(), (uint)endpoint.Port);
        }
        peer.PersistentKeepaliveS = (uint)(parsed.GetValue(Keepalive).Milliseconds / MillisecondsPerSecond);
        peer.AllowedIps.AddRange(parsed.GetValue(AllowedIps)?.Split(',') ?? []);
        peer.Routes.AddRange(parsed.GetValue(Routes)?.Split(',') ?? []);
        return peer;
    }

    private static Option<string?> Text(string name, string help, string description) =>
        new(name) { HelpName = help, Description = description };
}
