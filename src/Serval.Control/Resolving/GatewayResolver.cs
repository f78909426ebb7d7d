using System.Collections.Immutable;
using System.Net;
using Serval.Config.Validating;
using Serval.Control.Admitting;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Decides which classes, Gateways and listeners are served.</summary>
internal static class GatewayResolver
{
    /// <summary>The classes that name this controller; others are none of our business.</summary>
    public static ImmutableArray<ResolvedClass> ResolveClasses(
        ClusterState state, string controllerName, ImmutableArray<Finding>.Builder findings)
    {
        ImmutableArray<ResolvedClass>.Builder classes = ImmutableArray.CreateBuilder<ResolvedClass>();
        foreach (GatewayClassResource source in state.GatewayClasses)
        {
            if (source.Spec.ControllerName != controllerName)
                continue;
            Verdict verdict = Verdict.Yes(Reason.Accepted, "This controller serves the class.");
            if (source.Spec.ParametersRef is not null)
            {
                verdict = Verdict.No(Reason.InvalidParameters,
                    "Serval takes no parameters; remove spec.parametersRef.");
                findings.Add(new Finding(
                    Severity.Error, source.Key.ToString(), "spec.parametersRef",
                    verdict.Reason, verdict.Message));
            }
            classes.Add(new ResolvedClass(source, verdict));
        }
        return classes.ToImmutable();
    }

    /// <summary>Gateways of accepted classes, sorted by name, conflicts decided.</summary>
    public static ImmutableArray<ResolvedGateway> ResolveGateways(
        ClusterState state, ImmutableArray<ResolvedClass> classes, ImmutableArray<Finding>.Builder findings)
    {
        HashSet<string> accepted =
            [.. classes.Where(c => c.Accepted.IsTrue).Select(c => c.Source.Metadata.Name)];
        TellOfUnserved(state, classes, findings);
        ListenerConflicts conflicts = new();
        // Between Gateways the older one keeps what both want; names break ties.
        List<ResolvedGateway> gateways = [];
        foreach (GatewayResource source in state.Gateways
            .Where(gateway => accepted.Contains(gateway.Spec.GatewayClassName))
            .OrderBy(gateway => gateway.Metadata.CreatedAtMs)
            .ThenBy(gateway => gateway.Key))
        {
            FindingList list = new(source.Key.ToString());
            gateways.Add(Resolve(source, conflicts, list));
            findings.AddRange(list.ToImmutable());
        }
        return [.. gateways.OrderBy(gateway => gateway.Source.Key)];
    }

    // Gateways of another controller's class are passed over in silence; the rest waits for a class of ours.
    private static void TellOfUnserved(
        ClusterState state, ImmutableArray<ResolvedClass> classes, ImmutableArray<Finding>.Builder findings)
    {
        HashSet<string> known = [.. state.GatewayClasses.Select(c => c.Metadata.Name)];
        HashSet<string> refused =
            [.. classes.Where(c => !c.Accepted.IsTrue).Select(c => c.Source.Metadata.Name)];
        foreach (GatewayResource source in state.Gateways)
        {
            string name = source.Spec.GatewayClassName;
            if (!known.Contains(name))
            {
                findings.Add(new Finding(
                    Severity.Warning, source.Key.ToString(), "spec.gatewayClassName", Reason.ParentNotFound,
                    $"There is no GatewayClass {name}, so nobody serves this Gateway; check the name or "
                    + "add the class."));
            }
            else if (refused.Contains(name))
            {
                findings.Add(new Finding(
                    Severity.Error, source.Key.ToString(), "spec.gatewayClassName", Reason.Pending,
                    $"GatewayClass {name} is not accepted, so this Gateway is not served; repair the "
                    + "class."));
            }
        }
    }

    private static ResolvedGateway Resolve(
        GatewayResource source, ListenerConflicts conflicts, FindingList findings)
    {
        Verdict? refusal = RefusalOf(source, findings);
        ImmutableArray<string> addresses = refusal is null ? AddressesOf(source) : [];
        ImmutableArray<ResolvedListener> listeners =
        [
            .. source.Spec.Listeners.Select(
                (listener, index) => ListenerResolver.Resolve(source, listener, index, findings)),
        ];
        listeners = ListenerConflicts.WithinGateway(listeners, findings);
        if (refusal is null)
            listeners = conflicts.WithOlderGateways(source.Key, addresses, listeners, findings);
        return new ResolvedGateway
        {
            Source = source,
            Accepted = refusal ?? VerdictOf(listeners),
            Addresses = addresses,
            Listeners = listeners,
        };
    }

    private static Verdict? RefusalOf(GatewayResource source, FindingList findings)
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
        // No value asks for any address: all of them.
        if (address.Value.Length == 0)
            return null;
        if (!IpLiteral.TryParse(address.Value, out IPAddress? parsed))
            return $"'{address.Value}' is no IP address.";
        return parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any)
            ? "To listen on all addresses, leave spec.addresses out."
            : null;
    }

    private static ImmutableArray<string> AddressesOf(GatewayResource source) =>
    [
        .. source.Spec.Addresses
            .Where(address => address.Value.Length > 0)
            .Select(address => IPAddress.Parse(address.Value).ToString())
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    private static void WarnOfUnsupported(GatewaySpec spec, FindingList findings)
    {
        if (spec.AllowedListeners is not null)
        {
            findings.Warning("spec.allowedListeners", Reason.UnsupportedField,
                "ListenerSets are not supported; this has no effect.");
        }
        if (spec.Tls is not null)
        {
            findings.Warning("spec.tls", Reason.UnsupportedField,
                "TLS settings of a Gateway are not supported; this has no effect.");
        }
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

    private static Verdict VerdictOf(ImmutableArray<ResolvedListener> listeners)
    {
        string[] refused = [.. listeners.Where(l => !l.Accepted.IsTrue).Select(l => l.Source.Name)];
        if (refused.Length == 0)
            return Verdict.Yes(Reason.Accepted, "The Gateway is accepted.");
        string message = $"Listeners not accepted: {string.Join(", ", refused)}.";
        return new Verdict(refused.Length < listeners.Length, Reason.ListenersNotValid, message);
    }
}
