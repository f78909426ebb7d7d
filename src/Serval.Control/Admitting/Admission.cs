using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>
/// What an API server would check on arrival, for objects that never met one: the rules of the CRDs that
/// later stages rely on. An error refuses the object, as the API server would.
/// </summary>
internal static class Admission
{
    /// <summary>Adds what is wrong with the object to <paramref name="findings"/>.</summary>
    public static void Check(Resource resource, FindingList findings)
    {
        CheckMetadata(resource.Metadata, findings);
        switch (resource)
        {
            case GatewayClassResource gatewayClass:
                GatewayAdmission.Check(gatewayClass, findings);
                break;
            case GatewayResource gateway:
                GatewayAdmission.Check(gateway, findings);
                break;
            case HttpRouteResource route:
                HttpRouteAdmission.Check(route, findings);
                break;
            case TlsRouteResource route:
                TlsAdmission.Check(route, findings);
                break;
            case RouteResource route:
                HttpRouteAdmission.CheckAttaching(route, findings);
                break;
            case ListenerSetResource set:
                GatewayAdmission.Check(set, findings);
                break;
            case ServiceImportResource import:
                ServiceAdmission.CheckPorts(import.Spec.Ports, findings);
                break;
            case BackendTlsPolicyResource policy:
                TlsAdmission.Check(policy, findings);
                break;
            case ListenerPolicyResource policy:
                GatewayAdmission.Check(policy, findings);
                break;
            case ReferenceGrantResource grant:
                ServiceAdmission.Check(grant, findings);
                break;
            case ServiceResource service:
                ServiceAdmission.Check(service, findings);
                break;
            case EndpointSliceResource slice:
                ServiceAdmission.Check(slice, findings);
                break;
            case SecretResource secret:
                SecretAdmission.Check(secret, findings);
                break;
        }
    }

    private static void CheckMetadata(ObjectMeta metadata, FindingList findings)
    {
        if (!Names.IsSubdomain(metadata.Name))
        {
            findings.Error("metadata.name", Reason.InvalidValue,
                "A name consists of lower-case letters, digits, '-' and '.', at most 253.");
        }
        if (metadata.Namespace.Length > 0 && !Names.IsLabel(metadata.Namespace))
        {
            findings.Error("metadata.namespace", Reason.InvalidValue,
                "A namespace consists of lower-case letters, digits and '-', at most 63.");
        }
        if (metadata.CreationTimestamp is not null
            && !ObjectMeta.TryParseTime(metadata.CreationTimestamp, out _))
        {
            findings.Error("metadata.creationTimestamp", Reason.InvalidValue,
                "This is not a time as RFC 3339 writes it, such as 2026-01-31T12:00:00Z.");
        }
    }
}
