using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Publishing;

namespace Serval.Control.Reporting;

/// <summary>
/// What the routers' answers mean for the status of Gateways and ListenerSets: a listener is programmed once
/// every router that carries traffic runs it. Pure.
/// </summary>
/// <param name="fleet">What is known of the routers.</param>
/// <param name="listeners">Listeners of the snapshot that they should run.</param>
/// <param name="addresses">Addresses that ready routers can be reached at, sorted.</param>
internal sealed class Programming(
    FleetState fleet, ImmutableArray<Listener> listeners, ImmutableArray<string> addresses)
{
    private readonly Dictionary<string, string> _unbound = Unbound(fleet, listeners);

    /// <summary>
    /// The status with what the routers say; null while they have not answered and may still do so in time.
    /// </summary>
    /// <param name="status">The status as the objects alone decide it.</param>
    /// <param name="sequence">The snapshot by which it last changed.</param>
    /// <param name="isLate">Whether they have had time enough.</param>
    public ObjectStatus? Apply(ObjectStatus status, long sequence, bool isLate)
    {
        if (status is not (GatewayStatus or ListenerSetStatus))
            return status;
        bool hasRefused = fleet.Ready.Any(router => router.RefusedSequence >= sequence);
        if (!fleet.HasAcknowledged(sequence) && !hasRefused && !isLate)
            return null;
        return status switch
        {
            GatewayStatus gateway => OfGateway(gateway, sequence),
            ListenerSetStatus set => OfSet(set, sequence),
            _ => status,
        };
    }

    private GatewayStatus OfGateway(GatewayStatus gateway, long sequence)
    {
        ImmutableArray<ListenerStatus> found =
            [.. gateway.Listeners.Select(listener =>
                OfListener(listener, $"{gateway.Namespace}/{gateway.Name}", sequence))];
        return gateway with
        {
            Listeners = found,
            Conditions = OfOwner(gateway.Conditions, found, sequence),
            Addresses = gateway.Addresses.IsEmpty && found.Any(IsProgrammed)
                ? [.. addresses.Take(ReportingLimits.AddressesMax)]
                : gateway.Addresses,
        };
    }

    private ListenerSetStatus OfSet(ListenerSetStatus set, long sequence)
    {
        ImmutableArray<ListenerStatus> found =
            [.. set.Listeners.Select(listener => OfListener(listener, set.ListenerPrefix, sequence))];
        return set with { Listeners = found, Conditions = OfOwner(set.Conditions, found, sequence) };
    }

    private ListenerStatus OfListener(ListenerStatus listener, string owner, long sequence) => listener with
    {
        Conditions = Replace(listener.Conditions, condition =>
            _unbound.TryGetValue($"{owner}/{listener.Name}", out string? why)
                ? condition with { Status = ConditionStatus.False, Reason = Reason.Invalid, Message = why }
                : Answered(condition, sequence)),
    };

    private ImmutableArray<Condition> OfOwner(
        ImmutableArray<Condition> conditions, ImmutableArray<ListenerStatus> found, long sequence) =>
        Replace(conditions, condition =>
        {
            ListenerStatus[] unbound = [.. found.Where(listener => Refusal(listener) is not null)];
            if (unbound.Length == 0 || found.Any(IsProgrammed))
                return Answered(condition, sequence);
            return condition with
            {
                Status = ConditionStatus.False,
                Reason = "AddressNotUsable",
                Message = Refusal(unbound[0])!,
            };
        });

    private string? Refusal(ListenerStatus listener) => listener.Conditions
        .FirstOrDefault(condition => condition is { Type: Reporter.Programmed, Status: ConditionStatus.False }
            && _unbound.ContainsValue(condition.Message))?.Message;

    private Condition Answered(Condition condition, long sequence)
    {
        if (fleet.HasAcknowledged(sequence))
        {
            return condition with
            {
                Status = ConditionStatus.True,
                Reason = Reason.Programmed,
                Message = "Every ready router runs it.",
            };
        }
        RouterState? refusing = fleet.Ready.FirstOrDefault(router => router.RefusedSequence >= sequence);
        if (refusing is not null)
        {
            string why = refusing.Findings.IsEmpty ? "" : $" {refusing.Findings[0].Message}";
            return condition with
            {
                Status = ConditionStatus.False,
                Reason = Reason.Invalid,
                Message = $"Router {refusing.Endpoint.Name} refused the configuration.{why}",
            };
        }
        RouterState? behind = fleet.Ready.FirstOrDefault(router => router.Sequence < sequence);
        return condition with
        {
            Status = behind is null ? ConditionStatus.False : ConditionStatus.Unknown,
            Reason = behind is null ? "NoResources" : Reason.Pending,
            Message = behind is null
                ? "No router is ready."
                : $"Router {behind.Endpoint.Name} does not run it yet."
                    + (behind.Failure.Length > 0 ? $" {behind.Failure}" : ""),
        };
    }

    private static bool IsProgrammed(ListenerStatus listener) => listener.Conditions.Any(
        condition => condition is { Type: Reporter.Programmed, Status: ConditionStatus.True });

    // Only what waits for routers: what was refused before stays refused.
    private static ImmutableArray<Condition> Replace(
        ImmutableArray<Condition> conditions, Func<Condition, Condition> replace) =>
    [
        .. conditions.Select(condition =>
            condition is { Type: Reporter.Programmed, Status: ConditionStatus.Unknown }
                ? replace(condition)
                : condition),
    ];

    // A router names one of the listeners that share a socket: the others are not bound either.
    private static Dictionary<string, string> Unbound(FleetState fleet, ImmutableArray<Listener> listeners)
    {
        Dictionary<string, string> unbound = new(StringComparer.Ordinal);
        foreach (RouterState router in fleet.Ready)
        {
            foreach (Finding finding in router.Findings.Where(IsOfListener))
            {
                string name = finding.Subject["Listener ".Length..];
                Listener? named = listeners.FirstOrDefault(listener => listener.Name == name);
                string message = $"Router {router.Endpoint.Name}: {finding.Message}";
                foreach (Listener listener in listeners.Where(listener => listener == named
                    || Shares(listener, named)))
                    unbound.TryAdd(listener.Name, message);
            }
        }
        return unbound;
    }

    private static bool IsOfListener(Finding finding) =>
        finding.Severity == Severity.Error
            && finding.Subject.StartsWith("Listener ", StringComparison.Ordinal);

    private static bool Shares(Listener listener, Listener? named) =>
        named is not null && listener.Port == named.Port
        && (listener.Addresses.IsEmpty || named.Addresses.IsEmpty
            || listener.Addresses.Intersect(named.Addresses).Any());
}
