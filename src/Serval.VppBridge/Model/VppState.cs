namespace Serval.VppBridge.Model;

/// <summary>Everything of VPP that the bridge looks at, read at one time. Immutable.</summary>
internal sealed record VppState(
    IReadOnlyList<VppInterface> Interfaces,
    IReadOnlyList<VppAcl> Acls,
    IReadOnlyDictionary<uint, VppAclLists> AclLists,
    IReadOnlyList<VppTunnel> Tunnels,
    IReadOnlyList<VppPeer> Peers,
    VppNat Nat,
    IReadOnlySet<PlacedRoute> Routes)
{
    public static readonly VppState Empty = new(
        [], [], new Dictionary<uint, VppAclLists>(), [], [], VppNat.Disabled, new HashSet<PlacedRoute>());

    /// <summary>The interface of a name, or why there is not exactly one.</summary>
    public VppInterface? FindInterface(string name, out string? problem)
    {
        problem = null;
        VppInterface? found = null;
        foreach (VppInterface candidate in Interfaces)
        {
            if (candidate.Name != name)
                continue;
            if (found is not null)
            {
                problem = $"VPP has more than one interface named '{name}'";
                return null;
            }

            found = candidate;
        }

        if (found is null)
            problem = $"VPP has no interface named '{name}'";
        return found;
    }

    public VppTunnel? FindTunnel(uint instance) => Tunnels.FirstOrDefault(t => t.Instance == instance);

    public VppAcl? FindAcl(uint index) => Acls.FirstOrDefault(a => a.Index == index);
}
