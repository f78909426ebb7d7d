using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Statuses as Kubernetes objects in JSON.</summary>
public static class StatusJson
{
    /// <summary>
    /// One object after another, each with the status that it should have: classes, Gateways, routes.
    /// </summary>
    public static ImmutableArray<JsonObject> ToObjects(StatusReport report) =>
    [
        .. report.GatewayClasses.Select(
            source => Object(Kinds.GatewayClass, "", source.Name, Status(source))),
        .. report.Gateways.Select(
            source => Object(Kinds.Gateway, source.Namespace, source.Name, Status(source))),
        .. report.HttpRoutes.Select(
            source => Object(Kinds.HttpRoute, source.Namespace, source.Name, Status(source))),
    ];

    private static JsonObject Object(string kind, string @namespace, string name, JsonObject status)
    {
        JsonObject metadata = new() { ["name"] = name };
        if (@namespace.Length > 0)
            metadata["namespace"] = @namespace;
        return new JsonObject
        {
            ["apiVersion"] = $"{Groups.Gateway}/v1",
            ["kind"] = kind,
            ["metadata"] = metadata,
            ["status"] = status,
        };
    }

    private static JsonObject Status(GatewayClassStatus status) =>
        new() { ["conditions"] = Conditions(status.Conditions) };

    private static JsonObject Status(HttpRouteStatus status) =>
        new() { ["parents"] = Array(status.Parents, Parent) };

    private static JsonObject Status(GatewayStatus status)
    {
        JsonObject result = [];
        if (!status.Addresses.IsEmpty)
            result["addresses"] = Array(status.Addresses, Address);
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

    private static JsonObject Parent(RouteParentStatus status)
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
            ["parentRef"] = reference,
            ["controllerName"] = status.ControllerName,
            ["conditions"] = Conditions(status.Conditions),
        };
    }

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
