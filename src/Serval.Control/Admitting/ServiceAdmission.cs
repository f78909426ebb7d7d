using System.Net;
using System.Net.Sockets;
using Serval.Common.Addressing;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>Rules of the objects behind a route: Service, EndpointSlice, ReferenceGrant.</summary>
internal static class ServiceAdmission
{
    public static void Check(ServiceResource service, FindingList findings) =>
        CheckPorts(service.Spec.Ports, findings);

    public static void CheckPorts(IReadOnlyList<ServicePort> ports, FindingList findings)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < ports.Count; i++)
        {
            if (ports[i].Port is < 1 or > 65535)
                findings.Error($"spec.ports[{i}].port", Reason.InvalidValue, "A port is 1 to 65535.");
            if (ports[i].Protocol is not ("TCP" or "UDP" or "SCTP"))
            {
                findings.Error($"spec.ports[{i}].protocol", Reason.InvalidValue,
                    "The protocol is TCP, UDP or SCTP.");
            }
            if (ports.Count > 1 && ports[i].Name.Length == 0)
            {
                findings.Error($"spec.ports[{i}].name", Reason.MissingField,
                    "A Service with several ports names each; add it.");
            }
            else if (!names.Add(ports[i].Name))
            {
                findings.Error($"spec.ports[{i}].name", Reason.Duplicate,
                    "Another port of this Service has this name.");
            }
        }
    }

    public static void Check(EndpointSliceResource slice, FindingList findings)
    {
        if (slice.AddressType is not ("IPv4" or "IPv6" or "FQDN"))
            findings.Error("addressType", Reason.InvalidValue, "The type is IPv4, IPv6 or FQDN.");
        if (!slice.Metadata.Labels.ContainsKey(Labels.ServiceName)
            && !slice.Metadata.Labels.ContainsKey(Labels.ImportName))
        {
            findings.Warning("metadata.labels", Reason.MissingField,
                $"Without the label {Labels.ServiceName} this slice belongs to no Service; add it.");
        }
        for (int i = 0; i < slice.Ports.Count; i++)
        {
            if (slice.Ports[i].Port is < 1 or > 65535)
                findings.Error($"ports[{i}].port", Reason.InvalidValue, "A port is 1 to 65535.");
        }
        for (int i = 0; i < slice.Endpoints.Count; i++)
            CheckAddresses(slice, i, findings);
    }

    public static void Check(ReferenceGrantResource grant, FindingList findings)
    {
        if (grant.Spec.From.Count is 0 or > 16)
            findings.Error("spec.from", Reason.InvalidValue, "There are 1 to 16 entries.");
        if (grant.Spec.To.Count is 0 or > 16)
            findings.Error("spec.to", Reason.InvalidValue, "There are 1 to 16 entries.");
    }

    private static void CheckAddresses(EndpointSliceResource slice, int index, FindingList findings)
    {
        IReadOnlyList<string> addresses = slice.Endpoints[index].Addresses;
        if (addresses.Count is 0 or > 100)
        {
            findings.Error($"endpoints[{index}].addresses", Reason.InvalidValue,
                "An endpoint has 1 to 100 addresses.");
        }
        AddressFamily? family = slice.AddressType switch
        {
            "IPv4" => AddressFamily.InterNetwork,
            "IPv6" => AddressFamily.InterNetworkV6,
            _ => null,
        };
        for (int i = 0; family is not null && i < addresses.Count; i++)
        {
            if (!IpLiteral.TryParse(addresses[i], out IPAddress? address) || address.AddressFamily != family)
            {
                findings.Error($"endpoints[{index}].addresses[{i}]", Reason.InvalidValue,
                    $"'{addresses[i]}' is not an {slice.AddressType} address.");
            }
        }
    }
}
