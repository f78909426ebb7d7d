using System.Collections.Immutable;
using Serval.Config.Validating;

namespace Serval.Control.Publishing;

/// <summary>What is known of one router. Immutable.</summary>
public sealed record RouterState
{
    /// <summary>The router.</summary>
    public required RouterEndpoint Endpoint { get; init; }

    /// <summary>The version that is live on it; null while that is not known.</summary>
    public string? Version { get; init; }

    /// <summary>The newest snapshot of this process that is live on it; 0 for none.</summary>
    public long Sequence { get; init; }

    /// <summary>The snapshot that it refused last; 0 for none.</summary>
    public long RefusedSequence { get; init; }

    /// <summary>Why it refused, or what it could not do: listeners that are not bound.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Why it cannot be reached; empty while it can.</summary>
    public string Failure { get; init; } = "";

    /// <summary>Pushes that it took.</summary>
    public long Pushes { get; init; }

    /// <summary>Pushes among them that carried the whole snapshot.</summary>
    public long FullPushes { get; init; }

    /// <summary>Pushes that failed or were refused.</summary>
    public long FailedPushes { get; init; }

    /// <summary>Milliseconds that the last push took.</summary>
    public double LastPushMs { get; init; }
}
