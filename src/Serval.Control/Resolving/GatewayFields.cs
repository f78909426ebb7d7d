using System.Net;
using Serval.Common.Addressing;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Judges the fields of a Gateway beside its listeners.</summary>
internal static class GatewayFields
{
    /// <summary>Why the Gateway is not accepted, or null.</summary>
    public static Verdict? RefusalOf(GatewayResource source, FindingList findings)
    {
        Verdict? refusal = null;
        for (int i = 0; i < source.Spec.Addresses.Count; i++)
        {
            string? problem = AddressProblem(source.Spec.Addresses[i]);
            if (problem is null)
                continue;
            refusal ??= Verdict.No(Reason.UnsupportedAddress, $"spec.addresses[{i}]: {problem}");
            findings.Error($"spec.addresses[{i}]", Reason.UnsupportedAddress, problem);
        }
        if (source.Spec.Infrastructure?.ParametersRef is not null)
        {
            const string Message = "Serval takes no parameters; remove spec.infrastructure.parametersRef.";
            findings.Error("spec.infrastructure.parametersRef", Reason.InvalidParameters, Message);
            refusal ??= Verdict.No(Reason.InvalidParameters, Message);
        }
        WarnOfUnsupported(source.Spec, findings);
        return refusal;
    }

    private static string? AddressProblem(GatewayAddress address)
    {
        if (address.Type != "IPAddress")
            return $"Addresses of type {address.Type} are not supported; use IPAddress or leave them out.";
        // No value asks for any address: one of the pool, or all of them.
        if (address.Value.Length == 0)
            return null;
        if (!IpLiteral.TryParse(address.Value, out IPAddress? parsed))
            return $"'{address.Value}' is not an IP address.";
        return parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any)
            ? "To listen on all addresses, leave spec.addresses out."
            : null;
    }

    private static void WarnOfUnsupported(GatewaySpec spec, FindingList findings)
    {
        if (spec.DefaultScope is not null)
        {
            findings.Warning("spec.defaultScope", Reason.UnsupportedField,
                "Default Gateways are not supported; this has no effect.");
        }
        if (spec.Infrastructure is { Labels: not null } or { Annotations: not null })
        {
            findings.Notice("spec.infrastructure", Reason.UnsupportedField,
                "Serval creates nothing for a Gateway, so there is nothing to label.");
        }
    }
}
