using System.Collections.Immutable;

namespace Serval.Control.Reporting;

/// <summary>Status of a listener.</summary>
/// <param name="Name">Its name in the Gateway.</param>
/// <param name="SupportedKinds">Kinds of routes of the Gateway API that can attach.</param>
/// <param name="AttachedRoutes">Accepted routes that do.</param>
/// <param name="Conditions">Accepted, Conflicted, Programmed, ResolvedRefs.</param>
public sealed record ListenerStatus(
    string Name, ImmutableArray<string> SupportedKinds, int AttachedRoutes,
    ImmutableArray<Condition> Conditions);
