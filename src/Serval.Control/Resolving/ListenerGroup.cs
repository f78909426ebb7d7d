using System.Collections.Immutable;
using Serval.Control.Kubernetes;

namespace Serval.Control.Resolving;

/// <summary>
/// What a route names as its parent: the listeners of a Gateway, or those of a ListenerSet.
/// </summary>
internal sealed record ListenerGroup
{
    /// <summary>The Gateway or the ListenerSet.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary>The Gateway that it is or belongs to.</summary>
    public required ObjectKey Gateway { get; init; }

    /// <summary>Name of the certificate that the Gateway presents to backends; null for none.</summary>
    public string? BackendCertificate { get; init; }

    /// <summary>False when nothing of it is served, whatever its listeners say.</summary>
    public required bool IsAccepted { get; init; }

    /// <summary>In their written order.</summary>
    public required ImmutableArray<ResolvedListener> Listeners { get; init; }

    /// <summary>True when routes would be attached to both in the same way.</summary>
    public bool IsSameAs(ListenerGroup other)
    {
        if (IsAccepted != other.IsAccepted || BackendCertificate != other.BackendCertificate
            || Listeners.Length != other.Listeners.Length)
            return false;
        for (int i = 0; i < Listeners.Length; i++)
        {
            ResolvedListener left = Listeners[i];
            ResolvedListener right = other.Listeners[i];
            if (!ReferenceEquals(left.Source, right.Source) || left.Name != right.Name
                || left.Accepted.IsTrue != right.Accepted.IsTrue || left.IsServed != right.IsServed)
                return false;
        }
        return true;
    }
}
