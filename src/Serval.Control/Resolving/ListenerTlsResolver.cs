using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Certificates;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Decides about the TLS settings of the listeners of one Gateway or ListenerSet.</summary>
/// <param name="references">Where references lead.</param>
/// <param name="owner">The Gateway or ListenerSet, which refers to certificates.</param>
/// <param name="gateway">The Gateway, which says whose client certificates are valid.</param>
internal sealed class ListenerTlsResolver(
    TlsReferences references, ObjectKey owner, GatewayResource gateway)
{
    /// <summary>The settings of a listener of protocol HTTPS or TLS.</summary>
    public ResolvedListenerTls Resolve(GatewayListener listener, string field, FindingList findings)
    {
        GatewayListenerTls source = listener.Tls ?? new();
        (ListenerOptions options, Verdict? refusal) =
            ListenerOptions.Read(source.Options, $"{field}.tls.options", findings);
        if (source.Mode == "Passthrough")
        {
            if (source.CertificateRefs.Count > 0)
            {
                findings.Notice($"{field}.tls.certificateRefs", Reason.Ignored,
                    "TLS that is passed through ends at the backend, so these have no effect.");
            }
            return new ResolvedListenerTls
            {
                Model = new ListenerTls { Mode = TlsMode.Passthrough },
                Detection = options.Detection,
                Refusal = refusal,
            };
        }
        (ImmutableArray<ReadKeyPair> pairs, Verdict? unresolved) =
            FindKeyPairs(source.CertificateRefs, $"{field}.tls.certificateRefs", findings);
        (FrontendValidation? wanted, string at) = ValidationOf(listener);
        (ClientValidation? validation, ImmutableArray<Authority> authorities, Verdict? problem) =
            wanted is null ? (null, [], null) : Resolve(wanted, at, options, findings);
        // Without an authority nobody could be told from anybody else: nothing is served.
        if (wanted is not null && validation is null)
        {
            refusal ??= Verdict.No(Reason.NoValidCaCertificate,
                $"No reference of {at} leads to a CA certificate. {problem!.Message}");
        }
        return new ResolvedListenerTls
        {
            Model = pairs.IsEmpty || refusal is not null ? null : new ListenerTls
            {
                Certificates = [.. pairs.Select(pair => pair.Certificate!.Name)],
                MinVersion = options.MinVersion,
                ClientValidation = validation,
            },
            Detection = options.Detection,
            KeyPairs = pairs,
            Authorities = authorities,
            Refusal = refusal,
            Unresolved = unresolved ?? problem,
        };
    }

    private (ImmutableArray<ReadKeyPair> Pairs, Verdict? Unresolved) FindKeyPairs(
        IReadOnlyList<ObjectReference> certificates, string field, FindingList findings)
    {
        ImmutableArray<ReadKeyPair>.Builder pairs = ImmutableArray.CreateBuilder<ReadKeyPair>();
        Verdict? unresolved = null;
        if (certificates.Count == 0)
        {
            unresolved = Verdict.No(Reason.InvalidCertificateRef,
                "Terminating TLS needs a certificate; name a Secret.");
            findings.Error(field, unresolved.Reason, unresolved.Message);
        }
        for (int i = 0; i < certificates.Count; i++)
        {
            (ReadKeyPair? pair, Verdict? problem) = references.FindKeyPair(
                certificates[i], owner, Reason.InvalidCertificateRef, out string? warning);
            if (warning is not null)
                findings.Warning($"{field}[{i}]", Reason.InvalidValue, warning);
            if (problem is not null)
            {
                findings.Error($"{field}[{i}]", problem.Reason, problem.Message);
                unresolved ??= problem;
            }
            else if (!pairs.Any(known => known.Certificate!.Name == pair!.Certificate!.Name))
                pairs.Add(pair!);
        }
        return (pairs.ToImmutable(), unresolved);
    }

    private (FrontendValidation? Validation, string Field) ValidationOf(GatewayListener listener)
    {
        if (listener.Protocol != "HTTPS" || gateway.Spec.Tls?.Frontend is not { } frontend)
            return (null, "");
        for (int i = 0; i < frontend.PerPort.Count; i++)
        {
            if (frontend.PerPort[i].Port == listener.Port)
            {
                return (frontend.PerPort[i].Tls.Validation,
                    $"spec.tls.frontend.perPort[{i}].tls.validation.caCertificateRefs");
            }
        }
        return (frontend.Default?.Validation, "spec.tls.frontend.default.validation.caCertificateRefs");
    }

    private (ClientValidation? Validation, ImmutableArray<Authority> Authorities, Verdict? Problem) Resolve(
        FrontendValidation source, string field, ListenerOptions options, FindingList findings)
    {
        ImmutableArray<Authority>.Builder found = ImmutableArray.CreateBuilder<Authority>();
        Verdict? first = null;
        for (int i = 0; i < source.CaCertificateRefs.Count; i++)
        {
            (Authority? authority, Verdict? problem) = references.FindAuthority(
                source.CaCertificateRefs[i], gateway.Key, Reason.InvalidCaCertificateKind);
            if (problem is not null)
            {
                findings.Error($"{field}[{i}]", problem.Reason, problem.Message);
                first ??= problem;
            }
            else if (!found.Any(known => known.Name == authority!.Name))
                found.Add(authority!);
        }
        first ??= found.Count == 0
            ? Verdict.No(Reason.InvalidCaCertificateRef, "It names none; add one.")
            : null;
        ClientValidation? validation = found.Count == 0 ? null : new ClientValidation
        {
            Authorities = [.. found.Select(authority => authority.Name)],
            Mode = source.Mode == "AllowInsecureFallback"
                ? ClientValidationMode.AllowInsecureFallback
                : ClientValidationMode.AllowValidOnly,
            SubjectHeader = options.SubjectHeader,
            NamesHeader = options.NamesHeader,
            FingerprintHeader = options.FingerprintHeader,
        };
        return (validation, found.ToImmutable(), first);
    }
}
