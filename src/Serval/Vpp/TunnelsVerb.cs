using System.CommandLine;
using Grpc.Core;
using Serval.Vpp.V1;

namespace Serval.CommandLine.Vpp;

/// <summary><c>serval vpp tunnels</c>: WireGuard tunnels and their peers.</summary>
internal static class TunnelsVerb
{
    /// <summary>The verb.</summary>
    public static Command Create(ServerFlags server) => new("tunnels", "WireGuard tunnels")
    {
        CreateList(server), CreateGet(server), CreateCreate(server), CreateDelete(server),
        AddPeerVerb.Create(server), CreateRemovePeer(server),
    };

    private static Command CreateList(ServerFlags server)
    {
        Command verb = new("list", "All tunnels of the bridge");
        VppCall.SetAction(verb, server, async (_, client, printer) =>
        {
            ListTunnelsResponse answer = await ListAsync(client);
            printer.Print(answer, TunnelTables.Tunnels(answer.Tunnels));
        });
        return verb;
    }

    private static Command CreateGet(ServerFlags server)
    {
        Argument<string> name = Name();
        Command verb = new("get", "One tunnel with its peers") { name };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            string wanted = parsed.GetValue(name)!;
            Tunnel tunnel = (await ListAsync(client)).Tunnels.FirstOrDefault(item => item.Name == wanted)
                ?? throw new RpcException(new Status(StatusCode.NotFound, $"there is no tunnel '{wanted}'"));
            printer.Print(tunnel, TunnelTables.Tunnels([tunnel]), TunnelTables.Peers(tunnel));
        });
        return verb;
    }

    private static Command CreateCreate(ServerFlags server)
    {
        ChangeFlags flags = new();
        Option<string?> file = MessageFile.Option("A Tunnel");
        Option<string> key = new("--private-key-file")
        {
            HelpName = "FILE",
            Description = "On the bridge's host, below its --key-dir; without it the bridge makes a key",
            DefaultValueFactory = _ => string.Empty,
        };
        Command verb = new("create", "Create a tunnel with its peers") { file, key, flags.DryRun };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            CreateTunnelRequest request = new()
            {
                Tunnel = await MessageFile.ReadAsync<Tunnel>(parsed.GetValue(file)!),
                PrivateKeyFile = parsed.GetValue(key),
                DryRun = parsed.GetValue(flags.DryRun),
            };
            CreateTunnelResponse answer = await client.Gateway.CreateTunnelAsync(request, client.Once);
            string publicKey = answer.Tunnel.PublicKey.Length > 0 ? answer.Tunnel.PublicKey
                : "generated when the tunnel is made, not known before";
            printer.PrintChange(
                answer, answer.Change, $"tunnel {request.Tunnel.Name}", request.DryRun,
                VppPrinter.Clean($"interface {answer.Tunnel.Interface}, public key: {publicKey}"));
        });
        return verb;
    }

    private static Command CreateDelete(ServerFlags server)
    {
        ChangeFlags flags = new();
        Argument<string> name = Name();
        Command verb = new("delete", "Delete a tunnel with its peers and routes")
        {
            name, flags.AllowMissing, flags.DryRun, flags.ResourceVersion,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            DeleteTunnelRequest request = new()
            {
                Name = parsed.GetValue(name)!,
                AllowMissing = parsed.GetValue(flags.AllowMissing),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            DeleteTunnelResponse answer = await client.Gateway.DeleteTunnelAsync(request, client.Once);
            printer.PrintChange(answer, answer.Change, $"tunnel {request.Name}", request.DryRun);
        });
        return verb;
    }

    private static Command CreateRemovePeer(ServerFlags server)
    {
        ChangeFlags flags = new();
        Argument<string> tunnel = new("TUNNEL") { Description = "The name of the tunnel" };
        Argument<string> key = new("PUBLIC-KEY") { Description = "The public key of the peer" };
        Command verb = new("remove-peer", "Remove a peer and its routes")
        {
            tunnel, key, flags.AllowMissing, flags.DryRun, flags.ResourceVersion,
        };
        VppCall.SetAction(verb, server, async (parsed, client, printer) =>
        {
            RemoveTunnelPeerRequest request = new()
            {
                Tunnel = parsed.GetValue(tunnel)!,
                PublicKey = parsed.GetValue(key)!,
                AllowMissing = parsed.GetValue(flags.AllowMissing),
                DryRun = parsed.GetValue(flags.DryRun),
                ResourceVersion = parsed.GetValue(flags.ResourceVersion),
            };
            RemoveTunnelPeerResponse answer = await client.Gateway.RemoveTunnelPeerAsync(
                request, client.Once);
            printer.PrintChange(answer, answer.Change, $"tunnel {request.Tunnel}", request.DryRun);
        });
        return verb;
    }

    private static Task<ListTunnelsResponse> ListAsync(VppClient client) =>
        client.Gateway.ListTunnelsAsync(new ListTunnelsRequest(), client.Once).ResponseAsync;

    private static Argument<string> Name() => new("NAME") { Description = "The name of the tunnel" };
}
