using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Resolving;

namespace Serval.Control.Reporting;

/// <summary>Graph to status.</summary>
internal static class Reporter
{
    public const string Programmed = "Programmed";
    private const string Accepted = "Accepted";
    private const string Conflicted = "Conflicted";
    private const string ResolvedRefs = "ResolvedRefs";

    public static StatusReport Report(Graph graph, string controllerName)
    {
        Dictionary<string, int> attachedRoutes = new(StringComparer.Ordinal);
        foreach (string listener in graph.Routes.SelectMany(AttachedListeners))
            attachedRoutes[listener] = attachedRoutes.GetValueOrDefault(listener) + 1;
        return new StatusReport
        {
            GatewayClasses = [.. graph.Classes.Select(Report)],
            Gateways = [.. graph.Gateways.Select(gateway => Report(gateway, attachedRoutes))],
            HttpRoutes = [.. graph.Routes.Select(route => Report(route, controllerName))],
        };
    }

    private static IEnumerable<string> AttachedListeners(ResolvedRoute route) => route.Parents
        .SelectMany(parent => parent.Attachments)
        .Select(attachment => attachment.Listener)
        .Distinct(StringComparer.Ordinal);

    private static GatewayClassStatus Report(ResolvedClass source) => new(
        source.Source.Metadata.Name,
        [Of(Accepted, source.Accepted, source.Source.Metadata.Generation)]);

    private static GatewayStatus Report(ResolvedGateway gateway, Dictionary<string, int> attachedRoutes)
    {
        long generation = gateway.Source.Metadata.Generation;
        return new GatewayStatus
        {
            Namespace = gateway.Source.Metadata.Namespace,
            Name = gateway.Source.Metadata.Name,
            Addresses = gateway.Addresses,
            Conditions =
            [
                Of(Accepted, gateway.Accepted, generation),
                OfProgrammed(gateway.Accepted.IsTrue, "The Gateway is not accepted.", generation),
            ],
            Listeners = [.. gateway.Listeners.Select(listener => Report(listener, gateway, attachedRoutes))],
        };
    }

    private static ListenerStatus Report(
        ResolvedListener listener, ResolvedGateway gateway, Dictionary<string, int> attachedRoutes)
    {
        long generation = gateway.Source.Metadata.Generation;
        bool isServed = gateway.Accepted.IsTrue && listener.Accepted.IsTrue;
        bool isSupported = listener.Accepted.Reason != Reason.UnsupportedProtocol;
        List<Condition> conditions =
        [
            Of(Accepted, listener.Accepted, generation),
            Of(Conflicted, listener.Conflicted, generation),
            OfProgrammed(isServed, "The listener or its Gateway is not accepted.", generation),
        ];
        // References of a protocol that is not supported were not looked at.
        if (isSupported)
            conditions.Add(Of(ResolvedRefs, listener.ResolvedRefs, generation));
        return new ListenerStatus(
            listener.Source.Name,
            isSupported && listener.TakesHttpRoutes ? [Kinds.HttpRoute] : [],
            attachedRoutes.GetValueOrDefault(listener.Name),
            [.. conditions]);
    }

    private static HttpRouteStatus Report(ResolvedRoute route, string controllerName)
    {
        long generation = route.Source.Metadata.Generation;
        return new HttpRouteStatus(
            route.Source.Metadata.Namespace,
            route.Source.Metadata.Name,
            [.. route.Parents.Select(parent => Report(parent, controllerName, generation))]);
    }

    private static RouteParentStatus Report(ResolvedParent parent, string controllerName, long generation)
    {
        ParentReference source = parent.Source;
        return new RouteParentStatus(
            new ParentRef(
                source.Group, source.Kind, source.Namespace, source.Name, source.SectionName, source.Port),
            controllerName,
            [Of(Accepted, parent.Accepted, generation), Of(ResolvedRefs, parent.ResolvedRefs, generation)]);
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
