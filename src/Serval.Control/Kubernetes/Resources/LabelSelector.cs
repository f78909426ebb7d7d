using System.Collections.Immutable;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>Selects objects by labels; an empty one selects all.</summary>
internal sealed record LabelSelector
{
    public IReadOnlyDictionary<string, string> MatchLabels
    {
        get;
        init => field = value ?? ImmutableDictionary<string, string>.Empty;
    } = ImmutableDictionary<string, string>.Empty;

    public IReadOnlyList<LabelRequirement> MatchExpressions { get; init => field = value ?? []; } = [];
}
