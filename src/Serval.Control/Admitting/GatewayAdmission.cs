using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>CRD rules of GatewayClass and Gateway.</summary>
internal static class GatewayAdmission
{
    public static void Check(GatewayClassResource gatewayClass, FindingList findings)
    {
        string name = gatewayClass.Spec.ControllerName;
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        if (name.Length > 253 || slash <= 0 || slash == name.Length - 1
            || !Names.IsSubdomain(name.AsSpan(0, slash)))
        {
            findings.Error("spec.controllerName", Reason.InvalidValue,
                "A controller's name is a domain and a path, such as 'serval.dev/gateway-controller'.");
        }
    }

    public static void Check(GatewayResource gateway, FindingList findings)
    {
        if (gateway.Spec.Addresses.Count > 16)
            findings.Error("spec.addresses", Reason.InvalidValue, "A Gateway has at most 16 addresses.");
        if (gateway.Spec.Tls is { } tls)
            TlsAdmission.Check(tls, findings);
        CheckListeners(gateway.Spec.Listeners, "Gateway", findings);
    }

    public static void Check(ListenerPolicyResource policy, FindingList findings)
    {
        if (policy.Spec.TargetRefs.Count is 0 or > 16)
            findings.Error("spec.targetRefs", Reason.InvalidValue, "A policy has 1 to 16 targets.");
        for (int i = 0; i < policy.Spec.TargetRefs.Count; i++)
        {
            if (policy.Spec.TargetRefs[i] is not
                { Group: Groups.Gateway, Kind: Kinds.Gateway or Kinds.ListenerSet })
            {
                findings.Error($"spec.targetRefs[{i}]", Reason.InvalidValue,
                    $"The target is a Gateway or a ListenerSet of group {Groups.Gateway}.");
            }
        }
        if (policy.Spec.PathPolicy is not ("Default" or "Strict" or "Raw"))
        {
            findings.Error("spec.pathPolicy", Reason.InvalidValue,
                $"'{policy.Spec.PathPolicy}' is not known; use Default, Strict or Raw.");
        }
    }

    public static void Check(ListenerSetResource set, FindingList findings)
    {
        if (set.Spec.ParentRef.Name.Length is 0 or > 253)
            findings.Error("spec.parentRef.name", Reason.InvalidValue, "A parent has a name.");
        CheckListeners(set.Spec.Listeners, "ListenerSet", findings);
    }

    private static void CheckListeners(
        IReadOnlyList<GatewayListener> listeners, string kind, FindingList findings)
    {
        if (listeners.Count is 0 or > 64)
            findings.Error("spec.listeners", Reason.InvalidValue, $"A {kind} has 1 to 64 listeners.");
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < listeners.Count; i++)
        {
            string field = $"spec.listeners[{i}]";
            if (!names.Add(listeners[i].Name))
            {
                findings.Error($"{field}.name", Reason.Duplicate,
                    $"Another listener of this {kind} has this name; choose another.");
            }
            CheckListener(listeners[i], field, findings);
        }
    }

    private static void CheckListener(GatewayListener listener, string field, FindingList findings)
    {
        if (!Names.IsSubdomain(listener.Name))
        {
            findings.Error($"{field}.name", Reason.InvalidValue,
                "A listener's name consists of lower-case letters, digits, '-' and '.'.");
        }
        if (listener.Port is < 1 or > 65535)
            findings.Error($"{field}.port", Reason.InvalidValue, "A port is 1 to 65535.");
        if (listener.Protocol.Length is 0 or > 255)
            findings.Error($"{field}.protocol", Reason.InvalidValue, "A protocol is needed, such as 'HTTP'.");
        if (listener.Hostname is { } hostname && !Names.IsHostname(hostname))
        {
            findings.Error($"{field}.hostname", Reason.InvalidValue,
                HostnameFault.Describe(hostname, takesWildcard: true));
        }
        if (listener.Hostname is not null && listener.Protocol is "TCP" or "UDP")
        {
            findings.Error($"{field}.hostname", Reason.InvalidValue,
                $"Listeners of protocol {listener.Protocol} have no hostname; remove it.");
        }
        CheckTls(listener, field, findings);
        CheckAllowedRoutes(listener.AllowedRoutes, $"{field}.allowedRoutes", findings);
    }

    private static void CheckTls(GatewayListener listener, string field, FindingList findings)
    {
        if (listener.Tls is not { } tls)
            return;
        if (listener.Protocol is "HTTP" or "TCP" or "UDP")
        {
            findings.Error($"{field}.tls", Reason.InvalidValue,
                $"Listeners of protocol {listener.Protocol} have no TLS; remove it or use HTTPS.");
            return;
        }
        if (tls.Mode is not ("Terminate" or "Passthrough"))
            findings.Error($"{field}.tls.mode", Reason.InvalidValue, "The mode is Terminate or Passthrough.");
        if (listener.Protocol == "HTTPS" && tls.Mode == "Passthrough")
        {
            findings.Error($"{field}.tls.mode", Reason.InvalidValue,
                "An HTTPS listener terminates TLS; use Terminate.");
        }
        if (tls is { Mode: "Terminate", CertificateRefs.Count: 0, Options.Count: 0 })
        {
            findings.Error($"{field}.tls.certificateRefs", Reason.MissingField,
                "Terminating TLS needs a certificate; name a Secret.");
        }
        if (tls.CertificateRefs.Count > 64)
        {
            findings.Error($"{field}.tls.certificateRefs", Reason.InvalidValue,
                "There are at most 64 certificates.");
        }
    }

    private static void CheckAllowedRoutes(AllowedRoutes allowed, string field, FindingList findings)
    {
        if (allowed.Kinds.Count > 8)
            findings.Error($"{field}.kinds", Reason.InvalidValue, "There are at most 8 kinds.");
        if (allowed.Namespaces.From is not ("All" or "Same" or "Selector"))
            findings.Error($"{field}.namespaces.from", Reason.InvalidValue, "This is All, Same or Selector.");
        if (allowed.Namespaces is { From: "Selector", Selector: null })
        {
            findings.Error($"{field}.namespaces.selector", Reason.MissingField,
                "'from: Selector' needs a selector; add it.");
        }

        IReadOnlyList<LabelRequirement> expressions = allowed.Namespaces.Selector?.MatchExpressions ?? [];
        for (int i = 0; i < expressions.Count; i++)
        {
            string at = $"{field}.namespaces.selector.matchExpressions[{i}]";
            if (expressions[i].Operator is not ("In" or "NotIn" or "Exists" or "DoesNotExist"))
            {
                findings.Error($"{at}.operator", Reason.InvalidValue,
                    "The operator is In, NotIn, Exists or DoesNotExist.");
            }
            else if ((expressions[i].Operator is "In" or "NotIn") == (expressions[i].Values.Count == 0))
            {
                findings.Error($"{at}.values", Reason.InvalidValue,
                    "In and NotIn need values; Exists and DoesNotExist take none.");
            }
        }
    }
}
