using Serval.Config.Model;
using Serval.Control.Certificates;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Follows references to certificates with keys, and to authorities.</summary>
/// <remarks>Owner: one graph.</remarks>
internal sealed class TlsReferences(ObjectReader reader, ReadCertificates certificates)
{
    /// <summary>
    /// The certificate with its key that an object names, or the verdict that there is none to be used.
    /// </summary>
    /// <param name="reference">What it names.</param>
    /// <param name="owner">The object that names it: a Gateway or a ListenerSet.</param>
    /// <param name="invalidReason">The reason where the reference leads to nothing of use.</param>
    /// <param name="warning">What should be repaired though it works; null when nothing should.</param>
    public (ReadKeyPair? KeyPair, Verdict? Problem) FindKeyPair(
        ObjectReference reference, ObjectKey owner, string invalidReason, out string? warning)
    {
        warning = null;
        ObjectKey target = reference.KeyIn(owner.Namespace);
        if (target is not { Group: Groups.Core, Kind: Kinds.Secret })
        {
            return (null, Verdict.No(invalidReason,
                $"Certificates of kind {reference.KindText} are not supported; name a Secret."));
        }
        if (RefusalOf(target, owner) is { } refusal)
            return (null, refusal);
        if (reader.Find<SecretResource>(target) is not { } secret)
            return (null, Verdict.No(invalidReason, $"There is no {target}; check name and namespace."));
        ReadKeyPair pair = certificates.KeyPairOf(secret);
        warning = pair.Warning is null ? null : $"{target}: {pair.Warning}";
        return pair.IsUsable
            ? (pair, null)
            : (null, Verdict.No(invalidReason, $"{target} cannot be used. {pair.Problem}"));
    }

    /// <summary>The authority that an object names, or the verdict that there is none to be used.</summary>
    /// <param name="reference">What it names.</param>
    /// <param name="owner">The object that names it.</param>
    /// <param name="invalidKind">The reason where it is of another kind.</param>
    public (Authority? Authority, Verdict? Problem) FindAuthority(
        ObjectReference reference, ObjectKey owner, string invalidKind)
    {
        ObjectKey target = reference.KeyIn(owner.Namespace);
        if (target is not { Group: Groups.Core, Kind: Kinds.ConfigMap or Kinds.Secret })
        {
            return (null, Verdict.No(invalidKind,
                $"CA certificates of kind {reference.KindText} are not supported; name a ConfigMap or a "
                + "Secret."));
        }
        if (RefusalOf(target, owner) is { } refusal)
            return (null, refusal);
        if (reader.Find<Resource>(target) is not { } found)
        {
            return (null, Verdict.No(Reason.InvalidCaCertificateRef,
                $"There is no {target}; check name and namespace."));
        }
        (Authority? authority, string problem) = certificates.AuthorityOf(found);
        return authority is null
            ? (null, Verdict.No(Reason.InvalidCaCertificateRef, $"{target} cannot be used. {problem}"))
            : (authority, null);
    }

    // Asked before the object is looked for, so that nobody learns what another namespace holds.
    private Verdict? RefusalOf(ObjectKey target, ObjectKey owner) =>
        ReferenceGrants.Allow(reader, owner.Kind, owner.Namespace, target)
            ? null
            : Verdict.No(Reason.RefNotPermitted,
                $"No ReferenceGrant in namespace {target.Namespace} lets {owner.Kind}s of {owner.Namespace} "
                + $"name this {target.Kind}; add one there.");
}
