using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>CRD rules of TLSRoute, BackendTLSPolicy and the TLS settings of a Gateway.</summary>
internal static class TlsAdmission
{
    public static void Check(TlsRouteResource route, FindingList findings)
    {
        HttpRouteAdmission.CheckAttaching(route, findings);
        if (route.Spec.Hostnames.Count == 0)
        {
            findings.Error("spec.hostnames", Reason.MissingField,
                "A TLSRoute needs the server names that it is for; add them.");
        }
        if (route.Spec.Rules.Count != 1)
            findings.Error("spec.rules", Reason.InvalidValue, "A TLSRoute has one rule.");
        for (int i = 0; i < route.Spec.Rules.Count; i++)
        {
            IReadOnlyList<BackendReference> backends = route.Spec.Rules[i].BackendRefs;
            if (backends.Count is 0 or > 16)
            {
                findings.Error($"spec.rules[{i}].backendRefs", Reason.InvalidValue,
                    "The rule has 1 to 16 backends.");
            }
            for (int j = 0; j < backends.Count; j++)
            {
                if (backends[j].Weight is < 0 or > 1_000_000)
                {
                    findings.Error($"spec.rules[{i}].backendRefs[{j}].weight", Reason.InvalidValue,
                        "A weight is 0 to 1000000.");
                }
            }
        }
    }

    public static void Check(GatewayTls tls, FindingList findings)
    {
        if (tls.Frontend is not { } frontend)
            return;
        Check(frontend.Default?.Validation, "spec.tls.frontend.default.validation", findings);
        HashSet<int> ports = [];
        for (int i = 0; i < frontend.PerPort.Count; i++)
        {
            FrontendTlsOfPort entry = frontend.PerPort[i];
            string field = $"spec.tls.frontend.perPort[{i}]";
            if (entry.Port is < 1 or > 65535)
                findings.Error($"{field}.port", Reason.InvalidValue, "A port is 1 to 65535.");
            if (!ports.Add(entry.Port))
            {
                findings.Error($"{field}.port", Reason.Duplicate,
                    "Another entry is for this port; merge them.");
            }
            Check(entry.Tls.Validation, $"{field}.tls.validation", findings);
        }
    }

    public static void Check(BackendTlsPolicyResource policy, FindingList findings)
    {
        IReadOnlyList<PolicyTarget> targets = policy.Spec.TargetRefs;
        if (targets.Count is 0 or > 16)
            findings.Error("spec.targetRefs", Reason.InvalidValue, "A policy has 1 to 16 targets.");
        for (int i = 0; i < targets.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (targets[i] with { SectionName = null } != targets[j] with { SectionName = null })
                    continue;
                if (targets[i].SectionName is null || targets[j].SectionName is null
                    || targets[i].SectionName == targets[j].SectionName)
                {
                    findings.Error($"spec.targetRefs[{i}].sectionName", Reason.Duplicate,
                        "Several references to one target each need a sectionName of their own.");
                }
            }
        }
        BackendTlsValidation validation = policy.Spec.Validation;
        bool isWellKnown = validation.WellKnownCACertificates is { Length: > 0 };
        if (isWellKnown == validation.CaCertificateRefs.Count > 0)
        {
            findings.Error("spec.validation", Reason.InvalidValue,
                "Give either caCertificateRefs or wellKnownCACertificates, not both and not neither.");
        }
        if (validation.CaCertificateRefs.Count > 8)
        {
            findings.Error("spec.validation.caCertificateRefs", Reason.InvalidValue,
                "There are at most 8 references.");
        }
        if (!Names.IsPreciseHostname(validation.Hostname))
        {
            findings.Error("spec.validation.hostname", Reason.InvalidValue,
                HostnameFault.Describe(validation.Hostname, takesWildcard: false));
        }
        CheckNames(validation.SubjectAltNames, findings);
    }

    private static void CheckNames(IReadOnlyList<SubjectAltName> names, FindingList findings)
    {
        const string Field = "spec.validation.subjectAltNames";
        if (names.Count > 5)
            findings.Error(Field, Reason.InvalidValue, "There are at most 5 names.");
        for (int i = 0; i < names.Count; i++)
        {
            bool isRight = names[i] switch
            {
                { Type: "Hostname", Uri: null or "", Hostname: { } name } => Names.IsHostname(name),
                { Type: "URI", Hostname: null or "", Uri: { } uri } =>
                    Uri.IsWellFormedUriString(uri, UriKind.Absolute),
                _ => false,
            };
            if (!isRight)
            {
                findings.Error($"{Field}[{i}]", Reason.InvalidValue,
                    "A name has type Hostname and a hostname, or type URI and an absolute uri.");
            }
        }
    }

    private static void Check(FrontendValidation? validation, string field, FindingList findings)
    {
        if (validation is null)
            return;
        if (validation.CaCertificateRefs.Count is 0 or > 16)
        {
            findings.Error($"{field}.caCertificateRefs", Reason.InvalidValue,
                "There are 1 to 16 references.");
        }
        if (validation.Mode is not ("AllowValidOnly" or "AllowInsecureFallback"))
        {
            findings.Error($"{field}.mode", Reason.InvalidValue,
                "The mode is AllowValidOnly or AllowInsecureFallback.");
        }
    }
}
