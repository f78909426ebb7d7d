using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>HTTPRequestMirrorFilter to a filter of the model.</summary>
internal static class MirrorTranslator
{
    private const int Percent = 100;

    /// <summary>
    /// The filter. A reference that does not resolve is told of like any other, and nothing is mirrored.
    /// </summary>
    public static MirrorFilter Translate(
        RequestMirror mirror, string field, string @namespace, BackendResolver backends,
        RouteVerdicts verdicts)
    {
        string? cluster = backends.Resolve(mirror.BackendRef, @namespace, $"{field}.backendRef", verdicts);
        return mirror switch
        {
            { Percent: { } percent } =>
                new MirrorFilter { Cluster = cluster, Numerator = percent, Denominator = Percent },
            { Fraction: { } fraction } => new MirrorFilter
            {
                Cluster = cluster,
                Numerator = fraction.Numerator,
                Denominator = fraction.Denominator ?? Percent,
            },
            _ => new MirrorFilter { Cluster = cluster },
        };
    }
}
