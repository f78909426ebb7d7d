using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Resolving;

namespace Serval.Control.Reporting;

/// <summary>Resolved objects to statuses, each by itself.</summary>
internal static class Reporter
{
    public const string Programmed = "Programmed";
    private const string Accepted = "Accepted";
    private const string Conflicted = "Conflicted";
    private const string InsecureFrontendValidationMode = "InsecureFrontendValidationMode";
    private const string OverlappingTlsConfig = "OverlappingTLSConfig";
    private const string PartiallyInvalid = "PartiallyInvalid";
    private const string ResolvedRefs = "ResolvedRefs";
    private const string SupportedVersion = "SupportedVersion";

    public static GatewayClassStatus Report(ResolvedClass source)
    {
        long generation = source.Source.Metadata.Generation;
        return new GatewayClassStatus
        {
            Name = source.Source.Metadata.Name,
            Conditions =
            [
                Of(Accepted, source.Accepted, generation),
                Of(SupportedVersion, source.SupportedVersion, generation),
            ],
            SupportedFeatures = source.Accepted.IsTrue ? SupportedFeatures.Of(source.IsExperimental) : [],
        };
    }

    public static GatewayStatus Report(
        ResolvedGateway gateway, IReadOnlyDictionary<string, int> attachedRoutes)
    {
        long generation = gateway.Source.Metadata.Generation;
        bool isServed = gateway.Accepted.IsTrue && gateway.IsAddressed;
        return new GatewayStatus
        {
            Namespace = gateway.Source.Metadata.Namespace,
            Name = gateway.Source.Metadata.Name,
            Addresses = gateway.Addresses,
            AttachedListenerSets = gateway.ListenerSets.Count(set => set.Accepted.IsTrue),
            Conditions =
            [
                Of(Accepted, gateway.Accepted, generation),
                gateway.IsAddressed
                    ? OfProgrammed(gateway.Accepted.IsTrue, "The Gateway is not accepted.", generation)
                    : Of(Programmed, gateway.Addressed, generation),
                .. gateway.ResolvedRefs is { } resolvedRefs
                    ? [Of(ResolvedRefs, resolvedRefs, generation)]
                    : Array.Empty<Condition>(),
                .. IsInsecure(gateway.Source.Spec.Tls?.Frontend)
                    ? [InsecureFrontend(generation)]
                    : Array.Empty<Condition>(),
            ],
            Listeners =
                [.. gateway.Listeners.Select(l => Report(l, isServed, generation, attachedRoutes))],
        };
    }

    public static ListenerSetStatus Report(
        ResolvedListenerSet set, IReadOnlyDictionary<string, int> attachedRoutes)
    {
        long generation = set.Source.Metadata.Generation;
        return new ListenerSetStatus
        {
            Namespace = set.Source.Metadata.Namespace,
            Name = set.Source.Metadata.Name,
            ListenerPrefix = set.Source.ListenerPrefix,
            Conditions =
            [
                Of(Accepted, set.Accepted, generation),
                OfProgrammed(set.Accepted.IsTrue, "The ListenerSet is not accepted.", generation),
            ],
            Listeners =
                [.. set.Listeners.Select(l => Report(l, set.Accepted.IsTrue, generation, attachedRoutes))],
        };
    }

    public static ListenerPolicyStatus Report(ResolvedPolicy policy, string controllerName)
    {
        string @namespace = policy.Source.Metadata.Namespace;
        return new ListenerPolicyStatus
        {
            Namespace = @namespace,
            Name = policy.Source.Metadata.Name,
            Ancestors =
            [
                .. policy.Targets.Select(pair => new RouteParentStatus(
                    new ParentRef(
                        pair.Target.Group, pair.Target.Kind, @namespace, pair.Target.Name,
                        pair.Target.SectionName, Port: null),
                    controllerName,
                    [Of(Accepted, pair.Accepted, policy.Source.Metadata.Generation)])),
            ],
        };
    }

    public static BackendTlsPolicyStatus Report(
        ResolvedBackendPolicy policy, IEnumerable<ObjectKey> gateways, string controllerName)
    {
        long generation = policy.Source.Metadata.Generation;
        return new BackendTlsPolicyStatus
        {
            Namespace = policy.Source.Metadata.Namespace,
            Name = policy.Source.Metadata.Name,
            Ancestors =
            [
                .. gateways.Select(gateway => new RouteParentStatus(
                    new ParentRef(
                        gateway.Group, gateway.Kind, gateway.Namespace, gateway.Name, SectionName: null,
                        Port: null),
                    controllerName,
                    [
                        Of(Accepted, policy.Accepted, generation),
                        Of(ResolvedRefs, policy.ResolvedRefs, generation),
                    ])),
            ],
        };
    }

    public static RouteStatus Report(ResolvedRoute route, string controllerName)
    {
        long generation = route.Source.Metadata.Generation;
        return new RouteStatus(route.Source.KindName)
        {
            Namespace = route.Source.Metadata.Namespace,
            Name = route.Source.Metadata.Name,
            Parents = [.. route.Parents.Select(parent => Report(parent, controllerName, generation))],
        };
    }

    private static bool IsInsecure(FrontendTls? frontend) => frontend is not null
        && frontend.PerPort.Select(port => port.Tls).Append(frontend.Default)
            .Any(settings => settings?.Validation?.Mode == "AllowInsecureFallback");

    // GatewayConditionInsecureFrontendValidationMode; it is not there in the other mode.
    private static Condition InsecureFrontend(long generation) => new(
        InsecureFrontendValidationMode, ConditionStatus.True, Reason.ConfigurationChanged,
        "Clients without a valid certificate are let in (AllowInsecureFallback); backends must check them.",
        generation);

    private static ListenerStatus Report(
        ResolvedListener listener,
        bool isParentServed,
        long generation,
        IReadOnlyDictionary<string, int> attachedRoutes)
    {
        bool isSupported = listener.Accepted.Reason != Reason.UnsupportedProtocol;
        List<Condition> conditions =
        [
            Of(Accepted, listener.Accepted, generation),
            Of(Conflicted, listener.Conflicted, generation),
            OfProgrammed(
                isParentServed && listener.IsServed,
                listener.Accepted.IsTrue && !listener.IsServed
                    ? "The listener has no certificate that can be used."
                    : "The listener or its Gateway is not accepted.",
                generation),
        ];
        // References of a protocol that is not supported were not looked at.
        if (isSupported)
            conditions.Add(Of(ResolvedRefs, listener.ResolvedRefs, generation));
        if (listener.Overlaps is { } overlaps)
            conditions.Add(Of(OverlappingTlsConfig, overlaps, generation));
        return new ListenerStatus(
            listener.Source.Name,
            isSupported ? listener.RouteKinds : [],
            attachedRoutes.GetValueOrDefault(listener.Name),
            [.. conditions]);
    }

    private static RouteParentStatus Report(ResolvedParent parent, string controllerName, long generation)
    {
        ParentReference source = parent.Source;
        List<Condition> conditions = [Of(Accepted, parent.Accepted, generation)];
        if (parent.ResolvedRefs is { } resolvedRefs)
            conditions.Add(Of(ResolvedRefs, resolvedRefs, generation));
        if (parent.PartiallyInvalid is { } partiallyInvalid)
            conditions.Add(Of(PartiallyInvalid, partiallyInvalid, generation));
        return new RouteParentStatus(
            new ParentRef(
                source.Group, source.Kind, source.Namespace, source.Name, source.SectionName, source.Port),
            controllerName,
            [.. conditions]);
    }

    private static Condition Of(string type, Verdict verdict, long generation) => new(
        type,
        verdict.IsTrue ? ConditionStatus.True : ConditionStatus.False,
        verdict.Reason,
        verdict.Message,
        generation);

    private static Condition OfProgrammed(bool isPossible, string refusal, long generation) => isPossible
        ? new Condition(Programmed, ConditionStatus.Unknown, Reason.Pending,
            "No router has acknowledged it yet.", generation)
        : new Condition(Programmed, ConditionStatus.False, Reason.Invalid, refusal, generation);
}
