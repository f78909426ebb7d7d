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
    private readonly List<Claim> _claims = [];

    /// <summary>Refuses every listener of a Gateway that another one of it contradicts.</summary>
    public static ImmutableArray<ResolvedListener> WithinGateway(
        ImmutableArray<ResolvedListener> listeners, FindingList findings)
    {
        ImmutableArray<ResolvedListener>.Builder result =
            ImmutableArray.CreateBuilder<ResolvedListener>(listeners.Length);
        for (int i = 0; i < listeners.Length; i++)
        {
            ResolvedListener listener = listeners[i];
            ResolvedListener? rival = listeners.FirstOrDefault(other => IsProtocolConflict(listener, other));
            ResolvedListener? twin = listeners.FirstOrDefault(other => IsHostnameConflict(listener, other));
            if (rival is not null)
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

    /// <summary>Refuses listeners whose place an older Gateway has; the others take theirs.</summary>
    public ImmutableArray<ResolvedListener> WithOlderGateways(
        ObjectKey gateway,
        ImmutableArray<string> addresses,
        ImmutableArray<ResolvedListener> listeners,
        FindingList findings)
    {
        ImmutableArray<ResolvedListener>.Builder result =
            ImmutableArray.CreateBuilder<ResolvedListener>(listeners.Length);
        for (int i = 0; i < listeners.Length; i++)
        {
            ResolvedListener listener = listeners[i];
            Claim? claim = listener.Accepted.IsTrue
                ? _claims.Find(older => SharesAddress(older.Addresses, addresses)
                    && IsHostnameConflict(older.Listener, listener))
                : null;
            if (claim is not null)
            {
                listener = Refuse(listener, Reason.HostnameConflict,
                    $"Gateway {claim.Gateway.Path}, older or first by name, has the same port and "
                    + "hostname; change this one.");
                findings.Error(
                    $"spec.listeners[{i}]", listener.Conflicted.Reason, listener.Conflicted.Message);
            }
            result.Add(listener);
        }
        _claims.AddRange(result.Where(listener => listener.Accepted.IsTrue)
            .Select(listener => new Claim(gateway, addresses, listener)));
        return result.MoveToImmutable();
    }

    // One port speaks one protocol. TCP and UDP are refused for themselves and take no part
    // (GatewaySpec.listeners).
    private static bool IsProtocolConflict(ResolvedListener left, ResolvedListener right) =>
        left.Source.Port == right.Source.Port
        && left.Source.Protocol is "HTTP" or "HTTPS" or "TLS"
        && right.Source.Protocol is "HTTP" or "HTTPS" or "TLS"
        && (left.Source.Protocol == "HTTP") != (right.Source.Protocol == "HTTP");

    private static bool IsHostnameConflict(ResolvedListener left, ResolvedListener right) =>
        left.Name != right.Name
        && left.Source.Port == right.Source.Port
        && left.Source.Protocol == right.Source.Protocol
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

    private sealed record Claim(
        ObjectKey Gateway, ImmutableArray<string> Addresses, ResolvedListener Listener);
}
