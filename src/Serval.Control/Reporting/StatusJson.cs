using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Statuses as Kubernetes objects in JSON.</summary>
public static class StatusJson
{
    /// <summary>
    /// One object after another, each with the status that it should have: classes, Gateways,
    /// ListenerSets, ListenerPolicies, routes, BackendTLSPolicies.
    /// </summary>
    public static ImmutableArray<JsonObject> ToObjects(StatusReport report) =>
        [.. report.Objects.Values.OrderBy(RankOf).Select(ToObject)];

    /// <summary>One object with the status that it should have.</summary>
    internal static JsonObject ToObject(ObjectStatus status) =>
        Object(status.Key, ToStatus(status));

    private static JsonObject ToStatus(ObjectStatus status) => status switch
    {
        GatewayClassStatus source => Status(source),
        GatewayStatus source => Status(source),
        ListenerSetStatus source => Status(source),
        PolicyStatus source => Status(source),
        RouteStatus source => Status(source),
        _ => [],
    };

    private static int RankOf(ObjectStatus status) => status switch
    {
        GatewayClassStatus => 0,
        GatewayStatus => 1,
        ListenerSetStatus => 2,
        ListenerPolicyStatus => 3,
        RouteStatus => 4,
        _ => 5,
    };

    private static JsonObject Object(ObjectKey key, JsonObject status)
    {
        JsonObject metadata = new() { ["name"] = key.Name };
        if (key.Namespace.Length > 0)
            metadata["namespace"] = key.Namespace;
        return new JsonObject
        {
            ["apiVersion"] = ResourceKind.Find(key.Group, key.Kind)!.ApiVersion,
            ["kind"] = key.Kind,
            ["metadata"] = metadata,
            ["status"] = status,
        };
    }

    private static JsonObject Status(GatewayClassStatus status)
    {
        JsonObject result = new() { ["conditions"] = Conditions(status.Conditions) };
        if (!status.SupportedFeatures.IsEmpty)
            result["supportedFeatures"] = Array(status.SupportedFeatures, Feature);
        return result;
    }

    private static JsonObject Status(ListenerSetStatus status) => new()
    {
        ["conditions"] = Conditions(status.Conditions),
        ["listeners"] = Array(status.Listeners, Listener),
    };

    private static JsonObject Status(RouteStatus status) =>
        new() { ["parents"] = Array(status.Parents, parent => Entry("parentRef", parent)) };

    private static JsonObject Status(PolicyStatus status) =>
        new() { ["ancestors"] = Array(status.Ancestors, ancestor => Entry("ancestorRef", ancestor)) };

    private static JsonObject Status(GatewayStatus status)
    {
        JsonObject result = [];
        if (!status.Addresses.IsEmpty)
            result["addresses"] = Array(status.Addresses, Address);
        if (status.AttachedListenerSets > 0)
            result["attachedListenerSets"] = status.AttachedListenerSets;
        result["conditions"] = Conditions(status.Conditions);
        result["listeners"] = Array(status.Listeners, Listener);
        return result;
    }

    private static JsonObject Listener(ListenerStatus status) => new()
    {
        ["name"] = status.Name,
        ["supportedKinds"] = Array(status.SupportedKinds, RouteKind),
        ["attachedRoutes"] = status.AttachedRoutes,
        ["conditions"] = Conditions(status.Conditions),
    };

    private static JsonObject Entry(string referenceName, RouteParentStatus status)
    {
        JsonObject reference = new() { ["group"] = status.ParentRef.Group, ["kind"] = status.ParentRef.Kind };
        if (status.ParentRef.Namespace is not null)
            reference["namespace"] = status.ParentRef.Namespace;
        reference["name"] = status.ParentRef.Name;
        if (status.ParentRef.SectionName is not null)
            reference["sectionName"] = status.ParentRef.SectionName;
        if (status.ParentRef.Port is not null)
            reference["port"] = status.ParentRef.Port;
        return new JsonObject
        {
            [referenceName] = reference,
            ["controllerName"] = status.ControllerName,
            ["conditions"] = Conditions(status.Conditions),
        };
    }

    private static JsonObject Feature(string name) => new() { ["name"] = name };

    private static JsonObject Address(string address) =>
        new() { ["type"] = "IPAddress", ["value"] = address };

    private static JsonObject RouteKind(string kind) => new() { ["group"] = Groups.Gateway, ["kind"] = kind };

    private static JsonArray Conditions(ImmutableArray<Condition> conditions) => Array(conditions, Condition);

    private static JsonObject Condition(Condition condition) => new()
    {
        ["type"] = condition.Type,
        ["status"] = condition.Status.ToString(),
        ["reason"] = condition.Reason,
        ["message"] = condition.Message,
        ["observedGeneration"] = condition.ObservedGeneration,
    };

    private static JsonArray Array<T>(ImmutableArray<T> items, Func<T, JsonObject> convert) =>
        new([.. items.Select(item => (JsonNode)convert(item))]);
}
