using System.Collections.Immutable;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Decides about one listener by itself.</summary>
internal static class ListenerResolver
{
    /// <summary>The listener, whatever others there are.</summary>
    /// <param name="prefix">What its name begins with: the objects that it belongs to.</param>
    /// <param name="listener">As it is written.</param>
    /// <param name="index">Its place among its siblings.</param>
    /// <param name="count">How many listeners were taken before it.</param>
    /// <param name="findings">Of the object that it stands in.</param>
    public static ResolvedListener Resolve(
        string prefix, GatewayListener listener, int index, ref int count, FindingList findings)
    {
        string field = $"spec.listeners[{index}]";
        string name = $"{prefix}/{listener.Name}";
        Verdict accepted = Verdict.Yes(Reason.Accepted, "The listener is accepted.");
        if (listener.Protocol != "HTTP")
        {
            accepted = Verdict.No(Reason.UnsupportedProtocol,
                $"Protocol {listener.Protocol} is not supported; use HTTP.");
            findings.Error($"{field}.protocol", accepted.Reason, accepted.Message);
        }
        else if (name.Length > ConfigLimits.NameLength)
        {
            accepted = Verdict.No(Reason.Invalid,
                $"'{name}' is longer than {ConfigLimits.NameLength} characters; shorten a part.");
            findings.Error($"{field}.name", accepted.Reason, accepted.Message);
        }
        else if (ProblemOf(name, listener) is { } problem)
        {
            accepted = Verdict.No(Reason.Invalid, problem);
            findings.Error(field, accepted.Reason, accepted.Message);
        }
        else if (++count > ConfigLimits.Listeners)
        {
            accepted = Verdict.No(Reason.TooManyListeners,
                $"There are more than {ConfigLimits.Listeners} older listeners; remove some.");
            findings.Error(field, accepted.Reason, accepted.Message);
        }

        RouteGroupKind[] unsupported =
            [.. listener.AllowedRoutes.Kinds.Where(kind => !IsSupported(listener.Protocol, kind))];
        Verdict resolvedRefs = Verdict.Yes(Reason.ResolvedRefs, "All references are resolved.");
        if (unsupported.Length > 0 && accepted.IsTrue)
        {
            string names = string.Join(", ", unsupported.Select(kind => $"{kind.Group}/{kind.Kind}"));
            resolvedRefs = Verdict.No(Reason.InvalidRouteKinds,
                $"Routes of kind {names} cannot attach to an HTTP listener; remove it.");
            findings.Error($"{field}.allowedRoutes.kinds", resolvedRefs.Reason, resolvedRefs.Message);
        }
        return new ResolvedListener
        {
            Source = listener,
            Name = name,
            Accepted = accepted,
            Conflicted = Verdict.No(Reason.NoConflicts, "No other listener is in the way."),
            ResolvedRefs = resolvedRefs,
            RouteKinds =
            [
                .. RouteKinds.Of(listener.Protocol).Where(kind => listener.AllowedRoutes.Kinds.Count == 0
                    || listener.AllowedRoutes.Kinds.Any(a => a.Group == Groups.Gateway && a.Kind == kind)),
            ],
        };
    }

    /// <summary>What its listeners make of a Gateway or ListenerSet.</summary>
    public static Verdict VerdictOf(string kind, ImmutableArray<ResolvedListener> listeners)
    {
        string[] refused = [.. listeners.Where(l => !l.Accepted.IsTrue).Select(l => l.Source.Name)];
        if (refused.Length == 0)
            return Verdict.Yes(Reason.Accepted, $"The {kind} is accepted.");
        string message = $"Listeners not accepted: {string.Join(", ", refused)}.";
        return new Verdict(refused.Length < listeners.Length, Reason.ListenersNotValid, message);
    }

    // What an API server let in can still be more than routers take; ask the validator that they use.
    private static string? ProblemOf(string name, GatewayListener listener)
    {
        Listener alone = new()
        {
            Name = name,
            Port = listener.Port,
            Protocol = ListenerProtocol.Http,
            Hostname = listener.Hostname,
        };
        return SnapshotValidator.Validate(new Snapshot { Version = "one listener", Listeners = [alone] })
            .Where(finding => finding.Severity == Severity.Error)
            .Select(finding => $"The listener cannot be served: {finding.Field} {finding.Message}")
            .FirstOrDefault();
    }

    private static bool IsSupported(string protocol, RouteGroupKind kind) =>
        kind.Group == Groups.Gateway && RouteKinds.Of(protocol).Contains(kind.Kind);
}
