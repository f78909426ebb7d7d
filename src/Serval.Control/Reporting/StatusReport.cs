using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Reporting;

/// <summary>
/// The status of every object of this controller. Whether something is programmed is unknown until routers
/// have acknowledged the snapshot that it belongs to.
/// </summary>
public sealed record StatusReport
{
    /// <summary>No object of ours.</summary>
    internal static readonly ImmutableSortedDictionary<ObjectKey, ObjectStatus> None =
        ImmutableSortedDictionary<ObjectKey, ObjectStatus>.Empty;

    /// <summary>
    /// By object. A status that did not change is the same instance as in the report before.
    /// </summary>
    internal ImmutableSortedDictionary<ObjectKey, ObjectStatus> Objects { get; init; } = None;

    /// <summary>A report of some statuses.</summary>
    internal static StatusReport Of(IEnumerable<ObjectStatus> statuses) => new()
    {
        Objects = statuses.ToImmutableSortedDictionary(status => status.Key, status => status),
    };

    /// <summary>Sorted by name.</summary>
    public IEnumerable<GatewayClassStatus> GatewayClasses => Objects.Values.OfType<GatewayClassStatus>();

    /// <summary>Sorted by namespace, then name.</summary>
    public IEnumerable<GatewayStatus> Gateways => Objects.Values.OfType<GatewayStatus>();

    /// <summary>Sorted by namespace, then name.</summary>
    public IEnumerable<ListenerSetStatus> ListenerSets => Objects.Values.OfType<ListenerSetStatus>();

    /// <summary>Sorted by kind, namespace, then name.</summary>
    public IEnumerable<RouteStatus> Routes => Objects.Values.OfType<RouteStatus>();

    /// <summary>The report once the routers run the snapshot: what was pending is programmed.</summary>
    public StatusReport Acknowledge() => this with
    {
        Objects = Objects.SetItems(Objects.Values
            .Where(status => status is GatewayStatus or ListenerSetStatus)
            .Select(status => KeyValuePair.Create(status.Key, Acknowledge(status)))),
    };

    /// <summary>The status of one object once the routers run what it stands for.</summary>
    internal static ObjectStatus Acknowledge(ObjectStatus status) => status switch
    {
        GatewayStatus gateway => gateway with
        {
            Conditions = Acknowledge(gateway.Conditions),
            Listeners = Acknowledge(gateway.Listeners),
        },
        ListenerSetStatus set => set with
        {
            Conditions = Acknowledge(set.Conditions),
            Listeners = Acknowledge(set.Listeners),
        },
        _ => status,
    };

    private static ImmutableArray<ListenerStatus> Acknowledge(ImmutableArray<ListenerStatus> listeners) =>
        [.. listeners.Select(listener => listener with { Conditions = Acknowledge(listener.Conditions) })];

    private static ImmutableArray<Condition> Acknowledge(ImmutableArray<Condition> conditions) =>
    [
        .. conditions.Select(
            condition => condition is { Type: Reporter.Programmed, Status: ConditionStatus.Unknown }
            ? condition with
            {
                Status = ConditionStatus.True,
                Reason = Reason.Programmed,
                Message = "The routers run this configuration.",
            }
            : condition),
    ];
}
