using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Store;

namespace Serval.Control.Resolving;

/// <summary>
/// Attaches ListenerPolicies to listeners. The narrowest target counts: a listener, then its Gateway or
/// ListenerSet, then the Gateway that a ListenerSet belongs to. Of two policies with the same target the
/// older one counts, or the first by name (GEP-713).
/// </summary>
/// <remarks>Owner: one resolution.</remarks>
internal sealed class ListenerPolicies(ObjectStore store)
{
    private const string WholeGroup = "";
    private readonly Dictionary<(ObjectKey Group, string Section), ListenerPolicyResource> _claims = [];
    private readonly ImmutableArray<Finding>.Builder _findings = ImmutableArray.CreateBuilder<Finding>();

    /// <summary>Everything there is to say about them.</summary>
    public ImmutableArray<Finding> Findings => _findings.ToImmutable();

    /// <summary>Decides about every policy, sorted, by the Gateways that are ours.</summary>
    public ImmutableArray<ResolvedPolicy> Resolve(ImmutableArray<ResolvedGateway> gateways)
    {
        Dictionary<ObjectKey, ImmutableArray<ResolvedListener>> groups = [];
        foreach (ResolvedGateway gateway in gateways)
        {
            groups.Add(gateway.Source.Key, gateway.Listeners);
            foreach (ResolvedListenerSet set in gateway.ListenerSets)
                groups.Add(set.Source.Key, set.Listeners);
        }
        List<ResolvedPolicy> policies = [];
        foreach (ListenerPolicyResource source in
            store.OfKind<ListenerPolicyResource>(Groups.Serval, Kinds.ListenerPolicy)
                .OrderBy(policy => policy.Metadata.CreatedAtMs).ThenBy(policy => policy.Key))
        {
            FindingList findings = new(source.Key.ToString());
            ImmutableArray<(PolicyTarget, Verdict)>.Builder targets =
                ImmutableArray.CreateBuilder<(PolicyTarget, Verdict)>();
            for (int i = 0; i < source.Spec.TargetRefs.Count; i++)
            {
                PolicyTarget target = source.Spec.TargetRefs[i];
                if (Attach(source, target, groups) is not { } verdict)
                    continue;
                targets.Add((target, verdict));
                if (!verdict.IsTrue)
                    findings.Error($"spec.targetRefs[{i}]", verdict.Reason, verdict.Message);
            }
            _findings.AddRange(findings.ToImmutable());
            if (targets.Count > 0)
                policies.Add(new ResolvedPolicy(source, targets.ToImmutable()));
        }
        return [.. policies.OrderBy(policy => policy.Source.Key)];
    }

    /// <summary>The path policy of a listener, after <see cref="Resolve"/>.</summary>
    public PathPolicy PathPolicyOf(ObjectKey gateway, ObjectKey group, ResolvedListener listener)
    {
        ListenerPolicyResource? policy = _claims.GetValueOrDefault((group, listener.Source.Name))
            ?? _claims.GetValueOrDefault((group, WholeGroup))
            ?? _claims.GetValueOrDefault((gateway, WholeGroup));
        return policy is null
            ? PathPolicy.Router
            : Enum.TryParse(policy.Spec.PathPolicy, out PathPolicy known) ? known : PathPolicy.Router;
    }

    // Null for a target that is another controller's business.
    private Verdict? Attach(
        ListenerPolicyResource source, PolicyTarget target,
        Dictionary<ObjectKey, ImmutableArray<ResolvedListener>> groups)
    {
        if (target is not { Group: Groups.Gateway, Kind: Kinds.Gateway or Kinds.ListenerSet })
        {
            return Verdict.No(Reason.Invalid,
                $"{target.Group}/{target.Kind} has no listeners; name a Gateway or a ListenerSet.");
        }
        if (source.Spec.PathPolicy is not ("Default" or "Strict" or "Raw"))
        {
            return Verdict.No(Reason.Invalid,
                $"spec.pathPolicy: '{source.Spec.PathPolicy}' is not known; use Default, Strict or Raw.");
        }
        ObjectKey group = new(target.Group, target.Kind, source.Metadata.Namespace, target.Name);
        if (!groups.TryGetValue(group, out ImmutableArray<ResolvedListener> listeners))
        {
            return store.TryGet(group, out Resource? _)
                ? null
                : Verdict.No(Reason.TargetNotFound,
                    $"There is no {group}; a policy and its targets share a namespace.");
        }
        if (target.SectionName is { } section && !listeners.Any(listener => listener.Source.Name == section))
            return Verdict.No(Reason.TargetNotFound, $"{group} has no listener '{section}'.");
        (ObjectKey, string) place = (group, target.SectionName ?? WholeGroup);
        if (_claims.TryAdd(place, source) || _claims[place] == source)
            return Verdict.Yes(Reason.Accepted, "The policy is in effect.");
        return Verdict.No(Reason.Conflicted,
            $"{_claims[place].Key}, older or first by name, has the same target; remove one of them.");
    }
}
