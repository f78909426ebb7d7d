using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>
/// The status of every object of this controller. Whether something is programmed is unknown until routers
/// have acknowledged the snapshot that it belongs to.
/// </summary>
public sealed record StatusReport
{
    /// <summary>Sorted by name.</summary>
    public ImmutableArray<GatewayClassStatus> GatewayClasses { get; init; } = [];

    /// <summary>Sorted by namespace, then name.</summary>
    public ImmutableArray<GatewayStatus> Gateways { get; init; } = [];

    /// <summary>Sorted by namespace, then name.</summary>
    public ImmutableArray<HttpRouteStatus> HttpRoutes { get; init; } = [];

    /// <summary>The report once the routers run the snapshot: what was pending is programmed.</summary>
    public StatusReport Acknowledge() => this with
    {
        Gateways =
        [
            .. Gateways.Select(gateway => gateway with
            {
                Conditions = Acknowledge(gateway.Conditions),
                Listeners =
                [
                    .. gateway.Listeners.Select(
                        listener => listener with { Conditions = Acknowledge(listener.Conditions) }),
                ],
            }),
        ],
    };

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
