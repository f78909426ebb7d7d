using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Decides about BackendTLSPolicies, and which of them is for a port of a Service: one that names the port
/// comes before one for the whole, then the older one counts, then the first by name (GEP-713).
/// </summary>
/// <remarks>Owner: one graph. Pure: what it reads decides what comes out.</remarks>
internal sealed class BackendPolicyResolver(ObjectReader reader, TlsReferences references)
{
    /// <summary>The policy for a port of a Service or ServiceImport; null when none is.</summary>
    public static BackendTlsPolicyResource? FindFor(ObjectReader reader, ObjectKey target, string portName) =>
        Find(reader, target, portName) ?? Find(reader, target, section: null);

    /// <summary>The policy by itself, and beside those with the same target.</summary>
    public ResolvedBackendPolicy Resolve(BackendTlsPolicyResource source)
    {
        FindingList findings = new(source.Key.ToString());
        BackendTlsValidation validation = source.Spec.Validation;
        (ImmutableArray<Authority> authorities, Verdict? unresolved) = FindAuthorities(source, findings);
        Verdict? refusal = null;
        bool isSystem = validation.WellKnownCACertificates is { Length: > 0 };
        if (isSystem && validation.WellKnownCACertificates != "System")
        {
            refusal = Refuse("spec.validation.wellKnownCACertificates", Reason.Invalid,
                $"'{validation.WellKnownCACertificates}' is not known; use System, or name a ConfigMap.");
        }
        else if (!isSystem && authorities.IsEmpty)
        {
            refusal = Verdict.No(Reason.NoValidCaCertificate,
                "No reference leads to a CA certificate. "
                + (unresolved?.Message ?? "It names none; add one."));
        }
        refusal ??= FindConflict(source) is { } conflict
            ? Refuse(conflict.Field, conflict.Verdict.Reason, conflict.Verdict.Message)
            : null;
        ClusterTls tls = ToModel(validation, authorities, isSystem);
        if (refusal is null && ProblemOf(tls, authorities) is { } problem)
            refusal = Refuse("spec.validation", Reason.Invalid, problem);
        if (source.Spec.Options.Count > 0)
        {
            findings.Notice("spec.options", Reason.Ignored,
                "Serval has no options for backends; these have no effect.");
        }
        return new ResolvedBackendPolicy
        {
            Source = source,
            Accepted = refusal ?? Verdict.Yes(Reason.Accepted, "The policy is in effect."),
            ResolvedRefs = unresolved ?? Verdict.Yes(Reason.ResolvedRefs, "All references are resolved."),
            Tls = refusal is null ? tls : null,
            Authorities = refusal is null ? authorities : [],
            Findings = findings.ToImmutable(),
        };

        Verdict Refuse(string field, string reason, string message)
        {
            findings.Error(field, reason, message);
            return Verdict.No(reason, message);
        }
    }

    private static BackendTlsPolicyResource? Find(ObjectReader reader, ObjectKey target, string? section) =>
        reader.Members<BackendTlsPolicyResource>(ObjectSets.PoliciesOf(target))
            .Where(policy => policy.Spec.TargetRefs.Any(reference => reference.Group == target.Group
                && reference.Kind == target.Kind && reference.Name == target.Name
                && reference.SectionName == section))
            .OrderBy(policy => policy.Metadata.CreatedAtMs).ThenBy(policy => policy.Key)
            .FirstOrDefault();

    private static ClusterTls ToModel(
        BackendTlsValidation validation, ImmutableArray<Authority> authorities, bool isSystem)
    {
        return new ClusterTls
        {
            Authorities = [.. authorities.Select(authority => authority.Name)],
            UsesSystemAuthorities = isSystem,
            Hostname = validation.Hostname,
            SubjectNames =
            [
                .. validation.SubjectAltNames.Select(name => name.Type == "URI"
                    ? new SubjectName(SubjectNameKind.Uri, name.Uri ?? "")
                    : new SubjectName(SubjectNameKind.Dns, name.Hostname ?? "")),
            ],
        };
    }

    // What an API server let in can still be more than routers take; ask the validator that they use. One
    // policy must not make the whole snapshot invalid.
    private static string? ProblemOf(ClusterTls tls, ImmutableArray<Authority> authorities)
    {
        Snapshot snapshot = new()
        {
            Version = "one policy",
            Clusters = [new Cluster { Name = "one policy", Tls = tls }],
            Authorities = authorities,
        };
        return SnapshotValidator.Validate(snapshot)
            .Where(finding => finding.Severity == Severity.Error)
            .Select(finding => $"The policy cannot be followed: {finding.Field} {finding.Message}")
            .FirstOrDefault();
    }

    private (string Field, Verdict Verdict)? FindConflict(BackendTlsPolicyResource source)
    {
        for (int i = 0; i < source.Spec.TargetRefs.Count; i++)
        {
            PolicyTarget target = source.Spec.TargetRefs[i];
            ObjectKey key = new(target.Group, target.Kind, source.Metadata.Namespace, target.Name);
            string field = $"spec.targetRefs[{i}]";
            if (target.SectionName is { } section && !HasPort(key, section))
            {
                return ($"{field}.sectionName", Verdict.No(Reason.TargetNotFound,
                    $"{key} has no port named '{section}'; check the name."));
            }
            if (Find(reader, key, target.SectionName) is { } winner && winner.Key != source.Key)
            {
                return (field, Verdict.No(Reason.Conflicted,
                    $"{winner.Key}, older or first by name, has the same target; remove one of them."));
            }
        }
        return null;
    }

    private bool HasPort(ObjectKey target, string name)
    {
        IReadOnlyList<ServicePort> ports = reader.Find<Resource>(target) switch
        {
            ServiceResource service => service.Spec.Ports,
            ServiceImportResource import => import.Spec.Ports,
            _ => [],
        };
        return ports.Any(port => port.Name == name);
    }

    private (ImmutableArray<Authority> Authorities, Verdict? Unresolved) FindAuthorities(
        BackendTlsPolicyResource source, FindingList findings)
    {
        ImmutableArray<Authority>.Builder found = ImmutableArray.CreateBuilder<Authority>();
        Verdict? unresolved = null;
        IReadOnlyList<ObjectReference> all = source.Spec.Validation.CaCertificateRefs;
        for (int i = 0; i < all.Count; i++)
        {
            // A policy names objects of its own namespace alone.
            (Authority? authority, Verdict? problem) = references.FindAuthority(
                all[i] with { Namespace = null }, source.Key, Reason.InvalidKind);
            if (problem is not null)
            {
                findings.Error(
                    $"spec.validation.caCertificateRefs[{i}]", problem.Reason, problem.Message);
                unresolved ??= problem;
            }
            else if (!found.Any(known => known.Name == authority!.Name))
                found.Add(authority!);
        }
        return (found.ToImmutable(), unresolved);
    }
}
