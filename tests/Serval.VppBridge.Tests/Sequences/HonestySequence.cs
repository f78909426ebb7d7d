using System.Net;
using Serval.VppBridge.Keys;
using Serval.VppBridge.Model;
using Serval.VppBridge.Reconciling;
using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Simulation;

namespace Serval.VppBridge.Tests.Sequences;

/// <summary>What others do to a VPP, from one seed, beside a bridge that was asked for ACLs. The property is
/// checked at every moment at which the bridge has finished looking: it says ready only when each ACL and
/// each list is as wished.</summary>
internal sealed class HonestySequence(int seed)
{
    private const int StepsCount = 15;
    private readonly Random _random = new(seed);
    private readonly List<string> _done = [];

    public async Task RunAsync()
    {
        VppTransportKind transport = seed % 2 == 0 ? VppTransportKind.Api : VppTransportKind.Cli;

        // A third of the bridges only tell of drift.
        bool repairs = seed % 3 != 0;
        await using Gateway gateway = await Gateway.StartAsync(transport, repairs, change: o => o with
        {
            UnsettledLookInterval = TimeSpan.FromMilliseconds(5),
            AllowKeysOverCli = true,
        });
        await TunnelTests.CreateAsync(gateway);
        foreach (string name in (string[])["a", "b", "c"])
        {
            await gateway.ApplyAsync(Gateway.Acl(
                name, Gateway.Rule(Vpp.V1.AclAction.Deny, $"10.{_random.Next(200)}.0.0/16"),
                Gateway.Rule(Vpp.V1.AclAction.Permit)));
        }

        await gateway.BindAsync("host-va", ["a", "b"], ["c"]);
        await gateway.BindAsync("host-vb", [], ["a"]);
        await gateway.BindAsync("tunnel:site-b", ["b"], ["c"]);
        for (int i = 0; i < StepsCount; i++)
        {
            lock (gateway.Vpp.Gate)
                _done.Add(Disturb(gateway.Vpp));
            if (_random.Next(8) == 0)
                await RestartAsync(gateway.Vpp);
            await LooksAsync(gateway);
            Require(gateway);
        }
    }

    // A look that began after the disturbance has ended: of two that end, the second one did.
    private async Task LooksAsync(Gateway gateway)
    {
        for (int i = 0; i < 2; i++)
        {
            long before = gateway.Host.Reconciler.Counters.Looks;
            await Eventually.BecomesAsync(() => gateway.Host.Reconciler.Counters.Looks > before);
        }
    }

    private async Task RestartAsync(SimulatedVpp vpp)
    {
        vpp.IsStartupHeld = _random.Next(2) == 0;
        _done.Add(vpp.IsStartupHeld ? "restart, start-up configuration later" : "restart");
        vpp.Restart();
        if (!vpp.IsStartupHeld)
            return;
        await Task.Yield();
        vpp.RunStartup();
    }

    private string Disturb(SimulatedVpp vpp)
    {
        SimulatedState state = vpp.State;
        uint[] acls = [.. state.Acls.Keys];
        uint[] interfaces = [.. state.Lists.Keys];
        uint acl = acls.Length == 0 ? uint.MaxValue : acls[_random.Next(acls.Length)];
        uint place = interfaces[_random.Next(interfaces.Length)];
        switch (_random.Next(9))
        {
            case 0 when acl != uint.MaxValue:
                state.SetAcl(acl, state.Acls[acl].Tag, [Any(AclAction.Permit)]);
                return $"other rules in ACL {acl}";
            case 1 when acl != uint.MaxValue:
                state.SetAcl(acl, "cli", state.Acls[acl].Rules);
                return $"another tag on ACL {acl}";
            case 2:
                state.SetLists(place, [], []);
                return $"no lists on {place}";
            case 3 when acl != uint.MaxValue:
                state.SetLists(place, [acl], []);
                return $"ACL {acl} alone on {place}";
            case 4:
                (_, uint made) = state.SetAcl(uint.MaxValue, "cli", [Any(AclAction.Permit)]);
                state.SetLists(place, [made], [.. state.Lists[place].Outputs]);
                return $"a foreign ACL before {place}";
            case 5 when acl != uint.MaxValue:
                state.DeleteAcl(acl);
                return $"ACL {acl} deleted, when it is free";
            case 6 when place is not 0 && state.Interfaces[place].Tunnel is null:
                string name = state.Interfaces[place].Name;
                state.Interfaces.Remove(place);
                state.Lists.Remove(place);
                if (_random.Next(2) == 0)
                    return $"{name} deleted";
                state.AddInterface(name, 20 + (uint)_done.Count, isUp: true, mtu: 9000);
                return $"{name} made anew";
            case 7 when state.Find("wg0") is { } ours:
                state.DeleteTunnel(ours.Index);
                if (_random.Next(2) == 0)
                    state.CreateTunnel(0, 9, IPAddress.Loopback, PrivateKey.Generate());
                return "wg0 deleted, perhaps for one of theirs";
            default:
                (_, uint copy) = state.SetAcl(uint.MaxValue, "serval:a", [Any(AclAction.Permit)]);
                return $"a second ACL with our tag, {copy}";
        }
    }

    private void Require(Gateway gateway)
    {
        string? problem;
        lock (gateway.Vpp.Gate)
        {
            if (!gateway.Host.Reconciler.Status.IsConverged)
                return;
            problem = FindProblem(gateway.Vpp.State, gateway.Host.Reconciler.Desired);
        }

        Assert.True(
            problem is null,
            $"the bridge is ready, but {problem}\nrepeat it with SERVAL_SEED={seed} dotnet test "
            + $"tests/Serval.VppBridge.Tests --filter One_honesty_seed\n{string.Join('\n', _done)}");
    }

    private static string? FindProblem(SimulatedState state, DesiredState desired)
    {
        foreach (Acl acl in desired.Acls.Values)
        {
            VppAcl[] seen = [.. state.Acls.Values.Where(a => a.Tag == acl.Tag)];
            if (seen.Length != 1 || !seen[0].Rules.SequenceEqual(acl.Rules))
                return $"{acl.Tag} is there {seen.Length} times, or has other rules";
        }

        foreach (AclBinding binding in desired.Bindings.Values)
        {
            SimulatedInterface? over = state.Find(desired.InterfaceOf(binding.Interface)!);
            if (over is null)
                return $"{binding.Interface} is gone";
            (List<uint> inputs, List<uint> outputs) = state.Lists[over.Index];
            if (!Tags(inputs).SequenceEqual(binding.Inputs.Select(a => "serval:" + a))
                || !Tags(outputs).SequenceEqual(binding.Outputs.Select(a => "serval:" + a)))
                return $"{binding.Interface} has other lists";
        }

        HashSet<string?> places = [.. desired.Bindings.Keys.Select(desired.InterfaceOf)];
        return state.Lists.Where(l => !places.Contains(state.Interfaces[l.Key].Name))
            .SelectMany(l => Tags(l.Value.Inputs.Concat(l.Value.Outputs)))
            .FirstOrDefault(t => t.StartsWith("serval:", StringComparison.Ordinal)) is { } stray
            ? $"{stray} is bound where nobody asked for it" : null;

        IEnumerable<string> Tags(IEnumerable<uint> acls) => acls.Select(a => state.Acls[a].Tag);
    }

    private static AclRule Any(AclAction action) => new(
        action, IpPrefix.Any4, IpPrefix.Any4, 0, PortRange.All, PortRange.All, 0, 0);
}
