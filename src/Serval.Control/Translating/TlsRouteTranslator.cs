using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>The rule of a TLSRoute to backends of the model.</summary>
internal static class TlsRouteTranslator
{
    /// <summary>Its backends; the share of one that does not resolve is refused.</summary>
    public static ImmutableArray<WeightedCluster> Translate(
        TlsRouteResource route, BackendResolver backends, RouteVerdicts verdicts)
    {
        ImmutableArray<WeightedCluster>.Builder shares = ImmutableArray.CreateBuilder<WeightedCluster>();
        for (int i = 0; i < route.Spec.Rules.Count; i++)
        {
            verdicts.BeginRule();
            for (int j = 0; j < route.Spec.Rules[i].BackendRefs.Count; j++)
            {
                BackendReference backend = route.Spec.Rules[i].BackendRefs[j];
                string field = $"spec.rules[{i}].backendRefs[{j}]";
                shares.Add(new WeightedCluster
                {
                    Cluster = backends.Resolve(backend, route.Metadata.Namespace, field, verdicts),
                    Weight = backend.Weight ?? 1,
                });
            }
            verdicts.EndRule();
        }
        return shares.ToImmutable();
    }
}
