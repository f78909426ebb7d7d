using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks TLS routes: attachments and backends.</summary>
internal sealed class TlsRouteValidator(FindingList findings, ValidNames names)
{
    /// <summary>Checks them all.</summary>
    public void Validate(ImmutableArray<TlsRoute> routes)
    {
        if (!findings.RequireCount(routes.Length, ConfigLimits.TlsRoutes, Subject.Snapshot, "tlsRoutes"))
            return;
        HashSet<string> seen = new(routes.Length, StringComparer.Ordinal);
        AttachmentValidator attachments = new(findings, names.TlsListeners, names.Listeners, "tls");
        for (int i = 0; i < routes.Length; i++)
        {
            if (routes[i] is null)
            {
                findings.Add(Subject.Snapshot, $"tlsRoutes[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            Subject subject = SnapshotValidator.AddName(findings, seen, "TLSRoute", i, routes[i].Name);
            attachments.Validate(routes[i].Attachments.OrEmpty(), subject);
            Validate(routes[i].Backends.OrEmpty(), subject);
        }
    }

    private void Validate(ImmutableArray<WeightedCluster> backends, Subject subject)
    {
        if (!findings.RequireCount(backends.Length, ConfigLimits.BackendsPerRule, subject, "backends"))
            return;
        for (int i = 0; i < backends.Length; i++)
        {
            WeightedCluster? backend = backends[i];
            if (backend is null)
            {
                findings.Add(subject, $"backends[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            findings.Require(
                backend.Cluster is null || names.HasCluster(backend.Cluster), subject,
                $"backends[{i}].cluster", Reasons.NotFound,
                $"there is no cluster \"{backend.Cluster}\"; add it or use null");
            findings.Require(
                backend.Weight is >= 0 and <= ConfigLimits.Weight, subject, $"backends[{i}].weight",
                Reasons.InvalidValue, $"{backend.Weight} is not a weight; use 0 to {ConfigLimits.Weight}");
            findings.Require(
                backend.Filters.IsDefaultOrEmpty, subject, $"backends[{i}].filters", Reasons.Conflict,
                "TLS routes have no filters; remove them");
        }
    }
}
