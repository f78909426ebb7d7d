using System.Collections.Immutable;
using Serval.Config;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>Decides about the listeners of one Gateway or ListenerSet, each by itself.</summary>
/// <param name="prefix">What their names begin with: the objects that they belong to.</param>
/// <param name="tls">Their TLS settings.</param>
/// <param name="findings">Of the object that they stand in.</param>
internal sealed class ListenerResolver(string prefix, ListenerTlsResolver tls, FindingList findings)
{
    /// <summary>The listener, whatever others there are.</summary>
    /// <param name="listener">As it is written.</param>
    /// <param name="index">Its place among its siblings.</param>
    /// <param name="count">How many listeners were taken before it.</param>
    public ResolvedListener Resolve(GatewayListener listener, int index, ref int count)
    {
        string field = $"spec.listeners[{index}]";
        string name = $"{prefix}/{listener.Name}";
        bool isSupported = listener.Protocol is "HTTP" or "HTTPS" or "TLS";
        ResolvedListenerTls? settings =
            listener.Protocol is "HTTPS" or "TLS" ? tls.Resolve(listener, field, findings) : null;
        Verdict accepted = Verdict.Yes(Reason.Accepted, "The listener is accepted.");
        if (!isSupported)
        {
            accepted = Verdict.No(Reason.UnsupportedProtocol,
                $"Protocol {listener.Protocol} is not supported; use HTTP, HTTPS or TLS.");
            findings.Error($"{field}.protocol", accepted.Reason, accepted.Message);
        }
        else if (name.Length > ConfigLimits.NameLength)
        {
            accepted = Verdict.No(Reason.Invalid,
                $"'{name}' is longer than {ConfigLimits.NameLength} characters; shorten a part.");
            findings.Error($"{field}.name", accepted.Reason, accepted.Message);
        }
        else if (ProblemOf(name, listener, settings) is { } problem)
        {
            accepted = Verdict.No(Reason.Invalid, problem);
            findings.Error(field, accepted.Reason, accepted.Message);
        }
        else if (settings?.Refusal is { } refusal)
        {
            accepted = refusal;
        }
        else if (++count > ConfigLimits.Listeners)
        {
            accepted = Verdict.No(Reason.TooManyListeners,
                $"There are more than {ConfigLimits.Listeners} older listeners; remove some.");
            findings.Error(field, accepted.Reason, accepted.Message);
        }
        return new ResolvedListener
        {
            Source = listener,
            Name = name,
            Accepted = accepted,
            Conflicted = Verdict.No(Reason.NoConflicts, "No other listener is in the way."),
            ResolvedRefs = JudgeReferences(listener, field, settings, isSupported),
            RouteKinds =
            [
                .. RouteKinds.Of(listener.Protocol).Where(kind => listener.AllowedRoutes.Kinds.Count == 0
                    || listener.AllowedRoutes.Kinds.Any(a => a.Group == Groups.Gateway && a.Kind == kind)),
            ],
            Tls = settings,
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

    private Verdict JudgeReferences(
        GatewayListener listener, string field, ResolvedListenerTls? settings, bool isSupported)
    {
        RouteGroupKind[] unsupported =
            [.. listener.AllowedRoutes.Kinds.Where(kind => !IsSupported(listener.Protocol, kind))];
        if (unsupported.Length > 0 && isSupported)
        {
            string names = string.Join(", ", unsupported.Select(kind => $"{kind.Group}/{kind.Kind}"));
            string article = listener.Protocol == "TLS" ? "a" : "an";
            Verdict invalid = Verdict.No(Reason.InvalidRouteKinds,
                $"Routes of kind {names} cannot attach to {article} {listener.Protocol} listener; remove "
                + "it.");
            findings.Error($"{field}.allowedRoutes.kinds", invalid.Reason, invalid.Message);
            return invalid;
        }
        return settings?.Unresolved ?? Verdict.Yes(Reason.ResolvedRefs, "All references are resolved.");
    }

    // What an API server let in can still be more than routers take; ask the validator that they use.
    private static string? ProblemOf(string name, GatewayListener listener, ResolvedListenerTls? settings)
    {
        Listener alone = new()
        {
            Name = name,
            Port = listener.Port,
            Protocol = ListenerProtocol.Http,
            Hostname = listener.Hostname,
        };
        if (settings?.Model is not null)
        {
            alone = alone with
            {
                Protocol = ResolvedListener.ProtocolOf(listener.Protocol),
                Tls = settings.Model,
            };
        }
        Snapshot snapshot = new()
        {
            Version = "one listener",
            Listeners = [alone],
            Certificates = [.. settings?.KeyPairs.Select(pair => pair.Certificate!) ?? []],
            Authorities = settings?.Authorities ?? [],
        };
        return SnapshotValidator.Validate(snapshot)
            .Where(finding => finding.Severity == Severity.Error)
            .Select(finding => $"The listener cannot be served: {finding.Field} {finding.Message}")
            .FirstOrDefault();
    }

    private static bool IsSupported(string protocol, RouteGroupKind kind) =>
        kind.Group == Groups.Gateway && RouteKinds.Of(protocol).Contains(kind.Kind);
}
