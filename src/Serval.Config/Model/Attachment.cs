using System.Collections.Immutable;

namespace Serval.Config.Model;

/// <summary>A route's place on one listener.</summary>
public sealed record Attachment
{
    /// <summary>Name of the <see cref="Model.Listener"/>.</summary>
    public required string Listener { get; init; }

    /// <summary>
    /// Lower-case hostnames (exact or leading <c>*.</c>), already intersected with the listener's;
    /// empty means every host that the listener serves.
    /// </summary>
    public ImmutableArray<string> Hostnames { get; init; } = [];
}
