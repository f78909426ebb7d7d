using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Control.Kubernetes.Resources;

namespace Serval.Control.Resolving;

/// <summary>A route of any kind, with every reference followed and every decision taken.</summary>
internal sealed record ResolvedRoute
{
    public required RouteResource Source { get; init; }

    /// <summary>
    /// Parents of ours, in their written order; empty when the route is none of our business.
    /// </summary>
    public required ImmutableArray<ResolvedParent> Parents { get; init; }

    /// <summary>
    /// What routers run of an HTTPRoute; null when no listener that is served takes the route.
    /// </summary>
    public HttpRoute? Translated { get; init; }

    /// <summary>The same of a TLSRoute.</summary>
    public TlsRoute? TranslatedTls { get; init; }

    /// <summary>Clusters that its rules name, each once.</summary>
    public required ImmutableArray<ClusterSource> Clusters { get; init; }

    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>The listeners that count it among their routes, each once.</summary>
    public IEnumerable<string> AttachedListeners => Parents
        .SelectMany(parent => parent.Attachments)
        .Select(attachment => attachment.Listener)
        .Distinct(StringComparer.Ordinal);

    /// <summary>The same route, refused everywhere for a reason that nothing else has shown.</summary>
    public ResolvedRoute Refuse(string message)
    {
        Verdict refusal = Verdict.No(Reporting.Reason.UnsupportedValue, message);
        return this with
        {
            Translated = null,
            TranslatedTls = null,
            Findings = Findings.Add(new Finding(
                Severity.Error, Source.Key.ToString(), "", refusal.Reason, message)),
            Parents =
            [
                .. Parents.Select(parent => parent.Accepted.IsTrue
                    ? parent with { Accepted = refusal, PartiallyInvalid = null, Attachments = [] }
                    : parent),
            ],
        };
    }
}
