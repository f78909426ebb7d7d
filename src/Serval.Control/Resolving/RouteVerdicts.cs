using Serval.Control.Reporting;

namespace Serval.Control.Resolving;

/// <summary>
/// What a route's own content decides, before any parent is asked; the first problem gives the reason.
/// </summary>
internal sealed class RouteVerdicts(FindingList findings)
{
    /// <summary>False when the route holds something that Serval cannot do.</summary>
    public Verdict Accepted { get; private set; } = Verdict.Yes(Reason.Accepted, "The route is accepted.");

    /// <summary>False when a reference does not resolve; its share of requests answers 500.</summary>
    public Verdict ResolvedRefs { get; private set; } =
        Verdict.Yes(Reason.ResolvedRefs, "All references are resolved.");

    public void Refuse(string field, string reason, string message)
    {
        findings.Error(field, reason, message);
        if (Accepted.IsTrue)
            Accepted = Verdict.No(reason, $"{field}: {message}");
    }

    public void Unresolved(string field, string reason, string message)
    {
        findings.Error(field, reason, message);
        if (ResolvedRefs.IsTrue)
            ResolvedRefs = Verdict.No(reason, $"{field}: {message}");
    }

    public void Warn(string field, string reason, string message) => findings.Warning(field, reason, message);
}
