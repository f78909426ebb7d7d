using System.Collections.Immutable;
using Grpc.Core;
using Serval.Vpp.V1;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using PeerModel = Serval.VppBridge.Model.TunnelPeer;
using TunnelModel = Serval.VppBridge.Model.Tunnel;

namespace Serval.VppBridge.Serving;

internal sealed partial class VppGatewayService
{
    /// <inheritdoc/>
    public override async Task<CreateTunnelResponse> CreateTunnel(
        CreateTunnelRequest request, ServerCallContext context)
    {
        bool isGenerated = request.PrivateKeyFile.Length == 0;
        TunnelModel asked = TunnelReading.Read(
            request.Tunnel, isGenerated ? PrivateKey.Generate() : keys.Read(request.PrivateKeyFile));
        TunnelModel made = asked;
        bool isNew = false;
        var change = new ChangeRequest(
            DesiredState.TunnelKey(asked.Name), string.Empty, request.DryRun, (desired, seen) =>
            {
                if (desired.Tunnels.TryGetValue(asked.Name, out TunnelModel? now))
                {
                    made = now;
                    return FindDifference(now, asked, isGenerated) is { } field
                        ? throw GrpcFault.Of(
                            StatusCode.AlreadyExists,
                            $"tunnel '{asked.Name}' exists with another {field}; delete it first, or "
                                + "change its peers")
                        : desired;
                }

                Require.Count(desired.Tunnels.Count + 1, Limits.ObjectsMax, "tunnel");
                foreach (PeerModel peer in asked.Peers)
                    RequireFree(desired, peer.PublicKey, asked.Name);
                isNew = true;
                made = asked with { Instance = FreeInstance(desired, seen) };
                return desired with { Tunnels = desired.Tunnels.Add(asked.Name, made) };
            });
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        Vpp.V1.Tunnel written = Write(made, reconciler.Desired, reconciler.LastSeen);
        if (isNew && isGenerated)
            done.Steps.Insert(0, $"generate a key pair for tunnel {made.Name}");

        // The key of a dry run is thrown away: telling its public half would tell peers a wrong one.
        if (isNew && isGenerated && request.DryRun)
            written.PublicKey = string.Empty;
        return new CreateTunnelResponse { Change = done, Tunnel = written };
    }

    /// <inheritdoc/>
    public override async Task<DeleteTunnelResponse> DeleteTunnel(
        DeleteTunnelRequest request, ServerCallContext context)
    {
        string name = Require.Name(request.Name, "name");
        var change = new ChangeRequest(
            DesiredState.TunnelKey(name), request.ResourceVersion, request.DryRun, (desired, _) =>
            {
                if (!desired.Tunnels.TryGetValue(name, out TunnelModel? tunnel))
                {
                    return request.AllowMissing
                        ? desired
                        : throw GrpcFault.Of(
                            StatusCode.NotFound, $"name: there is no tunnel '{name}'");
                }

                if (desired.Bindings.Keys.FirstOrDefault(
                    b => desired.InterfaceOf(b) == tunnel.InterfaceName) is { } binding)
                {
                    throw GrpcFault.Of(
                        StatusCode.FailedPrecondition,
                        $"name: ACLs are bound to {binding}; unbind them with BindAcls and empty lists "
                            + "first");
                }

                if (desired.NatInterfaces().Any(i => desired.InterfaceOf(i) == tunnel.InterfaceName))
                {
                    throw GrpcFault.Of(
                        StatusCode.FailedPrecondition,
                        "name: source NAT names this tunnel; take it out with SetSourceNat first");
                }

                return desired with { Tunnels = desired.Tunnels.Remove(name) };
            });
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new DeleteTunnelResponse { Change = done };
    }

    /// <inheritdoc/>
    public override async Task<ListTunnelsResponse> ListTunnels(
        ListTunnelsRequest request, ServerCallContext context)
    {
        VppState seen = await reconciler.ObserveAsync(context.CancellationToken).ConfigureAwait(false);
        DesiredState desired = reconciler.Desired;
        var response = new ListTunnelsResponse();
        response.Tunnels.AddRange(desired.Tunnels.Values.Select(t => Write(t, desired, seen)));
        return response;
    }

    /// <inheritdoc/>
    public override async Task<AddTunnelPeerResponse> AddTunnelPeer(
        AddTunnelPeerRequest request, ServerCallContext context)
    {
        string name = Require.Name(request.Tunnel, "tunnel");
        PeerModel peer = TunnelReading.ReadPeer(request.Peer, "peer");
        var change = new ChangeRequest(
            DesiredState.TunnelKey(name), request.ResourceVersion, request.DryRun, (desired, _) =>
            {
                TunnelModel tunnel = FindTunnel(desired, name);
                TunnelReading.RequireFamily(peer, tunnel.LocalAddress);
                RequireFree(desired, peer.PublicKey, name);
                if (tunnel.Peers.Any(p => IsSame(p, peer)))
                    return desired;
                PeerModel[] peers = [.. tunnel.Peers.Where(p => p.PublicKey != peer.PublicKey), peer];
                Require.Count(peers.Length, Limits.PeersMax, "tunnel.peers");
                return desired with
                {
                    Tunnels =
                    desired.Tunnels.SetItem(name, tunnel with { Peers = peers })
                };
            });
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new AddTunnelPeerResponse { Change = done };
    }

    /// <inheritdoc/>
    public override async Task<RemoveTunnelPeerResponse> RemoveTunnelPeer(
        RemoveTunnelPeerRequest request, ServerCallContext context)
    {
        string name = Require.Name(request.Tunnel, "tunnel");
        string key = Require.PublicKey(request.PublicKey, "public_key");
        var change = new ChangeRequest(
            DesiredState.TunnelKey(name), request.ResourceVersion, request.DryRun, (desired, _) =>
            {
                TunnelModel tunnel = FindTunnel(desired, name);
                if (tunnel.Peers.All(p => p.PublicKey != key))
                {
                    return request.AllowMissing
                        ? desired
                        : throw GrpcFault.Of(
                            StatusCode.NotFound, $"public_key: tunnel '{name}' has no such peer");
                }

                PeerModel[] peers = [.. tunnel.Peers.Where(p => p.PublicKey != key)];
                return desired with
                {
                    Tunnels =
                    desired.Tunnels.SetItem(name, tunnel with { Peers = peers })
                };
            });
        Change done = await reconciler.ChangeAsync(change, context.CancellationToken).ConfigureAwait(false);
        return new RemoveTunnelPeerResponse { Change = done };
    }

    private static TunnelModel FindTunnel(DesiredState desired, string name) =>
        desired.Tunnels.GetValueOrDefault(name)
        ?? throw GrpcFault.Of(StatusCode.NotFound, $"tunnel: there is no tunnel '{name}'");

    // VPP knows a peer by its key over all of its interfaces.
    private static void RequireFree(DesiredState desired, string publicKey, string tunnel)
    {
        if (desired.Tunnels.Values.FirstOrDefault(
            t => t.Name != tunnel && t.Peers.Any(p => p.PublicKey == publicKey)) is { } other)
        {
            throw GrpcFault.Of(
                StatusCode.AlreadyExists, $"public_key: tunnel '{other.Name}' has a peer with this key");
        }
    }

    private static uint FreeInstance(DesiredState desired, VppState seen)
    {
        HashSet<uint> taken =
            [.. desired.Tunnels.Values.Select(t => t.Instance), .. seen.Tunnels.Select(t => t.Instance)];
        uint instance = 0;
        while (taken.Contains(instance))
            instance++;
        return instance;
    }

    private static string? FindDifference(TunnelModel now, TunnelModel asked, bool isGenerated)
    {
        if (!now.LocalAddress.Equals(asked.LocalAddress))
            return "local_address";
        if (now.ListenPort != asked.ListenPort)
            return "listen_port";
        if (!isGenerated && !now.Key.Equals(asked.Key))
            return "private key";
        if (!now.Addresses.ToHashSet().SetEquals(asked.Addresses))
            return "set of addresses";
        ImmutableArray<PeerModel> peers = [.. now.Peers.OrderBy(p => p.PublicKey, StringComparer.Ordinal)];
        bool areSame = peers.Length == asked.Peers.Count
            && peers.Zip(asked.Peers.OrderBy(p => p.PublicKey, StringComparer.Ordinal))
                .All(p => IsSame(p.First, p.Second));
        return areSame ? null : "set of peers";
    }

    private static bool IsSame(PeerModel a, PeerModel b) =>
        a.IsSamePeer(b) && Equals(a.TunnelAddress, b.TunnelAddress)
            && a.Routes.ToHashSet().SetEquals(b.Routes);

    private static Vpp.V1.Tunnel Write(TunnelModel tunnel, DesiredState desired, VppState seen)
    {
        var written = new Vpp.V1.Tunnel
        {
            Name = tunnel.Name,
            LocalAddress = tunnel.LocalAddress.ToString(),
            ListenPort = tunnel.ListenPort,
            PublicKey = tunnel.Key.PublicKey,
            Interface = tunnel.InterfaceName,
            ResourceVersion = desired.VersionOf(DesiredState.TunnelKey(tunnel.Name)),
        };
        written.Addresses.AddRange(tunnel.Addresses.Select(a => a.ToString()));
        uint? index = seen.FindTunnel(tunnel.Instance)?.InterfaceIndex;
        foreach (PeerModel peer in tunnel.Peers)
        {
            VppPeer? own = seen.Peers.FirstOrDefault(
                p => p.InterfaceIndex == index && p.Peer.PublicKey == peer.PublicKey);
            written.Peers.Add(TunnelReading.WritePeer(peer, own?.Status));
        }

        return written;
    }
}
