using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>The steps that cut the sessions which reflecting rules opened. VPP drops the sessions of an
/// interface once no ACL is bound to it, so the lists are emptied and set again.</summary>
internal static class SessionCuts
{
    /// <param name="key">The object that changes: an ACL or the lists of an interface.</param>
    /// <param name="next">What is asked for after the change.</param>
    /// <param name="seen">VPP before the change.</param>
    public static IReadOnlyList<VppChange> Build(string key, DesiredState next, VppState seen) =>
    [
        .. next.Bindings.Values
            .Where(b => key == DesiredState.BindingKey(b.Interface)
                || b.Inputs.Concat(b.Outputs).Any(a => key == DesiredState.AclKey(a)))
            .Select(b => (Name: next.InterfaceOf(b.Interface), Binding: b))
            .Where(b => b.Name is not null && HasOurs(b.Name, seen))
            .Select(b => new VppChange.CutSessions(b.Name!, b.Binding.Inputs, b.Binding.Outputs)),
    ];

    // Lists that are empty have no sessions, and those with the ACLs of others are not ours to empty.
    private static bool HasOurs(string name, VppState seen) =>
        seen.FindInterface(name, out _) is { } over
        && seen.AclLists.TryGetValue(over.Index, out VppAclLists? lists)
        && lists.Inputs.Count + lists.Outputs.Count > 0
        && lists.Inputs.Concat(lists.Outputs).All(a => seen.FindAcl(a)?.Name is not null);
}
