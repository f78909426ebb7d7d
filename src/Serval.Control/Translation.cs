using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Reporting;
using Serval.Control.Resolving;
using Serval.Control.Translating;

namespace Serval.Control;

/// <summary>What the objects of one moment amount to.</summary>
/// <param name="Snapshot">What routers should run; always valid, whatever the objects held.</param>
/// <param name="Findings">Every problem and notable decision, sorted.</param>
/// <param name="Status">What to tell the authors of the objects.</param>
public sealed record Translation(Snapshot Snapshot, ImmutableArray<Finding> Findings, StatusReport Status)
{
    /// <summary>Resolving → Translating → Reporting. Pure: equal state, equal result.</summary>
    internal static Translation Of(ClusterState state, string controllerName)
    {
        ImmutableArray<Finding>.Builder findings = ImmutableArray.CreateBuilder<Finding>();
        Graph graph = Resolver.Resolve(state, controllerName, findings);
        (graph, Snapshot snapshot) = Pruner.Prune(graph, findings);
        return new Translation(snapshot, findings.ToImmutable(), Reporter.Report(graph, controllerName));
    }
}
