using System.Collections.Immutable;
using Serval.Control.Kubernetes;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// Listeners must be distinct: a request belongs to one. Inside a Gateway nobody wins a conflict
/// (Gateway API, GatewaySpec.listeners); between Gateways the older one does, so that creating a Gateway
/// never breaks another.
/// </summary>
/// <remarks>Owner: one resolution. It remembers what older Gateways took.</remarks>
internal sealed class ListenerConflicts
{
    private readonly Dictionary<(int Port, bool IsClear, string Hostname), List<Claim>> _claims = [];
    private readonly Dictionary<(int Port, bool IsClear), List<Claim>> _ports = [];

    /// <summary>
    /// Refuses every listener of a Gateway or ListenerSet that another one of it contradicts.
    /// </summary>
    public static ImmutableArray<ResolvedListener> WithinGroup(
        ImmutableArray<ResolvedListener> listeners, FindingList findings)
    {
        ImmutableArray<ResolvedListener>.Builder result =
            ImmutableArray.CreateBuilder<ResolvedListener>(listeners.Length);
        for (int i = 0; i < listeners.Length; i++)
        {
            ResolvedListener listener = listeners[i];
            ResolvedListener? rival = listeners.FirstOrDefault(other => IsProtocolConflict(listener, other));
            ResolvedListener? twin = listeners.FirstOrDefault(other => IsHostnameConflict(listener, other));
            if (listeners.Take(i).Any(other => other.Name == listener.Name))
            {
                listener = Refuse(listener, Reason.Invalid,
                    $"Another listener has the name '{listener.Source.Name}'; choose another.");
            }
            else if (rival is not null)
            {
                listener = Refuse(listener, Reason.ProtocolConflict,
                    $"Listener '{rival.Source.Name}' speaks {rival.Source.Protocol} on port "
                    + $"{rival.Source.Port}; use another port.");
            }
            else if (twin is not null)
            {
                listener = Refuse(listener, Reason.HostnameConflict,
                    $"Listener '{twin.Source.Name}' has the same port and hostname; change one of them.");
            }
            if (listener != listeners[i])
            {
                findings.Error(
                    $"spec.listeners[{i}]", listener.Conflicted.Reason, listener.Conflicted.Message);
            }
            result.Add(listener);
        }
        return result.MoveToImmutable();
    }

    /// <summary>Refuses listeners whose place an older object has; the others take theirs.</summary>
    public ImmutableArray<ResolvedListener> WithOlder(
        ObjectKey owner,
        ImmutableArray<string> addresses,
        ImmutableArray<ResolvedListener> listeners,
        FindingList findings)
    {
        ImmutableArray<ResolvedListener>.Builder result =
            ImmutableArray.CreateBuilder<ResolvedListener>(listeners.Length);
        for (int i = 0; i < listeners.Length; i++)
        {
            ResolvedListener listener = listeners[i];
            if (listener.Accepted.IsTrue && FindRival(listener, addresses) is { } rival)
            {
                listener = Refuse(listener, Reason.ProtocolConflict,
                    $"{rival.Owner}, older or first by name, speaks "
                    + $"{(IsClear(listener) ? "TLS" : "HTTP")} on port {listener.Source.Port}; use another "
                    + "port.");
            }
            else if (listener.Accepted.IsTrue && FindOlder(listener, addresses) is { } claim)
            {
                listener = Refuse(listener, Reason.HostnameConflict,
                    $"{claim.Owner}, older or first by name, has the same port and hostname; change this "
                    + "one.");
            }
            if (listener != listeners[i])
            {
                findings.Error(
                    $"spec.listeners[{i}]", listener.Conflicted.Reason, listener.Conflicted.Message);
            }
            result.Add(listener);
        }
        foreach (ResolvedListener listener in result)
        {
            if (!listener.Accepted.IsTrue)
                continue;
            Claim claim = new(owner, addresses);
            Add(_claims, PlaceOf(listener), claim);
            Add(_ports, (listener.Source.Port, IsClear(listener)), claim);
        }
        return result.MoveToImmutable();
    }

    private static void Add<TPlace>(Dictionary<TPlace, List<Claim>> all, TPlace place, Claim claim)
        where TPlace : notnull
    {
        if (!all.TryGetValue(place, out List<Claim>? claims))
            all.Add(place, claims = []);
        // The listeners of one object come one after another.
        if (claims.Count == 0 || claims[^1] != claim)
            claims.Add(claim);
    }

    private Claim? FindRival(ResolvedListener listener, ImmutableArray<string> addresses) =>
        _ports.TryGetValue((listener.Source.Port, !IsClear(listener)), out List<Claim>? claims)
            ? claims.Find(older => SharesAddress(older.Addresses, addresses))
            : null;

    private Claim? FindOlder(ResolvedListener listener, ImmutableArray<string> addresses) =>
        _claims.TryGetValue(PlaceOf(listener), out List<Claim>? claims)
            ? claims.Find(older => SharesAddress(older.Addresses, addresses))
            : null;

    private static (int Port, bool IsClear, string Hostname) PlaceOf(ResolvedListener listener) =>
        (listener.Source.Port, IsClear(listener), listener.Source.Hostname ?? "");

    private static bool IsClear(ResolvedListener listener) => listener.Source.Protocol == "HTTP";

    // One port speaks one protocol. TCP and UDP are refused for themselves and take no part
    // (GatewaySpec.listeners).
    private static bool IsProtocolConflict(ResolvedListener left, ResolvedListener right) =>
        left.Source.Port == right.Source.Port
        && IsSupported(left) && IsSupported(right) && IsClear(left) != IsClear(right);

    private static bool IsSupported(ResolvedListener listener) =>
        listener.Source.Protocol is "HTTP" or "HTTPS" or "TLS";

    private static bool IsHostnameConflict(ResolvedListener left, ResolvedListener right) =>
        left.Name != right.Name
        && left.Source.Port == right.Source.Port
        && IsSupported(left) == IsSupported(right)
        && (IsSupported(left)
            ? IsClear(left) == IsClear(right)
            : left.Source.Protocol == right.Source.Protocol)
        && left.Source.Hostname == right.Source.Hostname;

    private static bool SharesAddress(ImmutableArray<string> left, ImmutableArray<string> right) =>
        (left.IsEmpty && right.IsEmpty) || left.Intersect(right, StringComparer.Ordinal).Any();

    // A protocol that is not supported at all stays the first thing to repair.
    private static ResolvedListener Refuse(ResolvedListener listener, string reason, string message) =>
        listener with
        {
            Accepted = listener.Accepted.IsTrue ? Verdict.No(reason, message) : listener.Accepted,
            Conflicted = Verdict.Yes(reason, message),
        };

    private sealed record Claim(ObjectKey Owner, ImmutableArray<string> Addresses);
}
