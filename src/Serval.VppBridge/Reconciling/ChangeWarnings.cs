using System.Globalization;
using Serval.VppBridge.Model;
using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Reconciling;

/// <summary>What a caller must know of a change that is made all the same. A pure function.</summary>
internal static class ChangeWarnings
{
    /// <param name="plan">The steps.</param>
    /// <param name="next">What is asked for after the change.</param>
    /// <param name="seen">VPP before the change.</param>
    /// <param name="sessionsSurvive">Sessions of reflecting rules outlive the change.</param>
    public static IEnumerable<string> Build(
        Plan plan, DesiredState next, VppState seen, bool sessionsSurvive)
    {
        if (sessionsSurvive && FindSessions(plan, seen) is { Length: > 0 } names)
        {
            yield return $"sessions that permit-and-reflect rules opened on {string.Join(", ", names)} "
                + "live on and pass the new rules; cut_sessions cuts them";
        }

        if (CountBoundRules(next) is var count and > Limits.BoundRulesWarned
            && plan.Changes.Any(c => c is VppChange.ReplaceAcl or VppChange.SetAclLists))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"ACLs come to {count:N0} rules over all interfaces that they are bound to; VPP 26.06 with "
                + $"a main heap of 1.5 GB aborted at 3,700,000: give VPP a larger main-heap-size, or fewer "
                + $"rules");
        }
    }

    // Sessions belong to an interface: any reflecting rule of its lists can have opened them, and a list that
    // becomes empty cuts them.
    private static string[] FindSessions(Plan plan, VppState seen)
    {
        HashSet<string> replaced = [.. plan.Changes.OfType<VppChange.ReplaceAcl>().Select(c => c.Acl.Name)];
        HashSet<string> rebound = [.. plan.Changes.OfType<VppChange.SetAclLists>()
            .Where(c => c.Inputs.Count + c.Outputs.Count > 0).Select(c => c.Interface)];
        return
        [
            .. seen.Interfaces.Where(i => seen.AclLists.TryGetValue(i.Index, out VppAclLists? lists)
                && AclsOf(lists, seen).ToArray() is var acls
                && acls.Any(a => a.Rules.Any(r => r.Action == AclAction.PermitReflect))
                && (rebound.Contains(i.Name)
                    || acls.Any(a => a.Name is { } name && replaced.Contains(name))))
                .Select(i => i.Name),
        ];
    }

    private static IEnumerable<VppAcl> AclsOf(VppAclLists lists, VppState seen) =>
        lists.Inputs.Concat(lists.Outputs).Select(seen.FindAcl).OfType<VppAcl>();

    private static long CountBoundRules(DesiredState next) => next.Bindings.Values.Sum(
        b => b.Inputs.Concat(b.Outputs).Sum(a => (long)(next.Acls.GetValueOrDefault(a)?.Rules.Count ?? 0)));
}
