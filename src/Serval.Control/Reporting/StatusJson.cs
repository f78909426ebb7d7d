using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>Statuses as Kubernetes objects in JSON.</summary>
public static class StatusJson
{
    /// <summary>One object after another, each with the status that it should have: classes, Gateways, routes.</summary>
    public static ImmutableArray<JsonObject> ToObjects(StatusReport report) =>
    [
        .. report.GatewayClasses.Select(status => Object(
            Kinds.GatewayClass, "", status.Name, new JsonObject { ["conditions"] = Conditions(status.Conditions) })),
        .. report.Gateways.Select(status => Object(Kinds.Gateway, status.Namespace, status.Name, Status(status))),
        .. report.HttpRoutes.Select(status => Object(
            Kinds.HttpRoute, status.Namespace, status.Name,
            new JsonObject { ["parents"] = Array(status.Parents, Parent) })),
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

    private static JsonObject Status(GatewayStatus status)
    {
        JsonObject result = [];
        if (!status.Addresses.IsEmpty)
            result["addresses"] = Array(status.Addresses, address => new JsonObject { ["type"] = "IPAddress", ["value"] = address });
        result["conditions"] = Conditions(status.Conditions);
        result["listeners"] = Array(status.Listeners, Listener);
        return result;
    }

    private static JsonObject Listener(ListenerStatus status) => new()
    {
        ["name"] = status.Name,
        ["supportedKinds"] = Array(status.SupportedKinds, kind => new JsonObject { ["group"] = Groups.Gateway, ["kind"] = kind }),
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

    private static JsonArray Conditions(ImmutableArray<Condition> conditions) => Array(conditions, condition => new JsonObject
    {
        ["type"] = condition.Type,
        ["status"] = condition.Status.ToString(),
        ["reason"] = condition.Reason,
        ["message"] = condition.Message,
        ["observedGeneration"] = condition.ObservedGeneration,
    });

    private static JsonArray Array<T>(ImmutableArray<T> items, Func<T, JsonObject> convert) =>
        new([.. items.Select(item => (JsonNode)convert(item))]);
}
