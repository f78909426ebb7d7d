namespace Serval.VppBridge.Reconciling;

/// <summary>The objects that one change is about. The repair of all others is not the caller's business: one
/// object that cannot be put back must not keep the others from changing.</summary>
/// <param name="Planned">Objects whose steps are planned: the object itself, what it needs, and the ACLs that
/// guard a tunnel before it carries traffic.</param>
/// <param name="Required">Objects that must not be blocked: the object itself and what it needs.</param>
internal sealed record PlanScope(IReadOnlySet<string> Planned, IReadOnlySet<string> Required)
{
    /// <param name="key">The object that changes.</param>
    /// <param name="next">What is asked for after the change.</param>
    /// <param name="before">What was asked for before it.</param>
    public static PlanScope Of(string key, DesiredState next, DesiredState before)
    {
        HashSet<string> required = new(StringComparer.Ordinal) { key };
        required.UnionWith(NeedsOf(key, next));
        required.UnionWith(NeedsOf(key, before));
        HashSet<string> planned = new(required, StringComparer.Ordinal);
        foreach (string tunnel in required.Where(IsTunnel))
        {
            foreach (string guard in GuardsOf(tunnel, next).Concat(GuardsOf(tunnel, before)))
            {
                planned.Add(guard);
                planned.UnionWith(NeedsOf(guard, next));
            }
        }

        return new PlanScope(planned, required);
    }

    /// <summary>The objects of a state that is only there to be taken away.</summary>
    public static PlanScope OfLeaving(DesiredState leaving)
    {
        HashSet<string> keys = [
            .. leaving.Bindings.Keys.Select(DesiredState.BindingKey),
            .. leaving.Tunnels.Values.Select(t => DesiredState.TunnelKey(t.Name)),
        ];
        if (leaving.Nat is not null)
            keys.Add(DesiredState.NatKey);
        return new PlanScope(keys, keys);
    }

    private static IEnumerable<string> NeedsOf(string key, DesiredState state)
    {
        string name = key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (key == DesiredState.NatKey)
            return TunnelsOf(state.NatInterfaces(), state);
        if (!key.StartsWith(DesiredState.BindingKey(string.Empty), StringComparison.Ordinal)
            || !state.Bindings.TryGetValue(name, out Model.AclBinding? binding))
            return [];
        return binding.Inputs.Concat(binding.Outputs).Select(DesiredState.AclKey)
            .Concat(TunnelsOf([name], state));
    }

    private static IEnumerable<string> TunnelsOf(IEnumerable<string> interfaces, DesiredState state)
    {
        HashSet<string?> names = [.. interfaces.Select(state.InterfaceOf)];
        return state.Tunnels.Values.Where(t => names.Contains(t.InterfaceName))
            .Select(t => DesiredState.TunnelKey(t.Name));
    }

    private static IEnumerable<string> GuardsOf(string tunnelKey, DesiredState state)
    {
        string name = tunnelKey[DesiredState.TunnelKey(string.Empty).Length..];
        return state.Tunnels.TryGetValue(name, out Model.Tunnel? tunnel)
            ? state.Bindings.Keys.Where(b => state.InterfaceOf(b) == tunnel.InterfaceName)
                .Select(DesiredState.BindingKey)
            : [];
    }

    private static bool IsTunnel(string key) =>
        key.StartsWith(DesiredState.TunnelKey(string.Empty), StringComparison.Ordinal);
}
