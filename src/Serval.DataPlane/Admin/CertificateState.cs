using System.Collections.Immutable;

namespace Serval.DataPlane.Admin;

/// <summary>A certificate that the live configuration names, and whether its key is held.</summary>
public sealed record CertificateState
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its digest.</summary>
    public required string Digest { get; init; }

    /// <summary>The hostnames and addresses that it is for.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>When it expires, Unix milliseconds; 0 when that is not known.</summary>
    public long NotAfterMs { get; init; }

    /// <summary>Listeners and clusters that present it, sorted.</summary>
    public ImmutableArray<string> UsedBy { get; init; } = [];

    /// <summary>True when the router can present it; false while it waits for the key.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Where its key came from, such as <c>push</c> or <c>files</c>; null while it waits.</summary>
    public string? Source { get; init; }
}
