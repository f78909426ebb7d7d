using System.Collections.Immutable;
using Serval.Common.Monitoring;
using Serval.Config.Model;
using Serval.Config.Secrets;
using Serval.Config.Validating;
using Serval.Config.Wire;

namespace Serval.DataPlane.Admin;

/// <summary>
/// What the admin API shows and drives. Every member may be called from several threads at once.
/// </summary>
public sealed record AdminSources
{
    /// <summary>The configuration that is live; null before the first.</summary>
    public required Func<Snapshot?> Live { get; init; }

    /// <summary>Why new requests cannot be routed; null when they can.</summary>
    public required Func<string?> NotReadyReason { get; init; }

    /// <summary>Writes every metric of the process.</summary>
    public required Func<Stream, MetricsFormat, CancellationToken, Task> WriteMetricsAsync { get; init; }

    /// <summary>What is wrong with the configuration now, until it no longer is.</summary>
    public required Func<ImmutableArray<Finding>> Findings { get; init; }

    /// <summary>What the router was started with; explanations follow it.</summary>
    public RouterOptions Options { get; init; } = new();

    /// <summary>Makes a pushed snapshot live; null where configuration does not come by push.</summary>
    public Func<Snapshot, PushTerm?, CancellationToken, Task<PushAnswer>>? Publish { get; init; }

    /// <summary>
    /// Applies a pushed delta to the live snapshot; null where configuration does not come by push.
    /// </summary>
    public Func<SnapshotDelta, PushTerm?, CancellationToken, Task<PushAnswer>>? PublishDelta { get; init; }

    /// <summary>
    /// Takes certificates with their keys ahead of the configuration that names them, and wipes the keys;
    /// null where they do not come by push.
    /// </summary>
    public Func<SecretsPush, CancellationToken, Task<ImmutableArray<Finding>>>? PutSecrets { get; init; }

    /// <summary>How many certificates of the live configuration wait for their keys.</summary>
    public Func<int>? WaitingCertificates { get; init; }

    /// <summary>Certificates of the live configuration; null where there is no data plane.</summary>
    public Func<ImmutableArray<CertificateState>>? Certificates { get; init; }

    /// <summary>Reads the configuration's source again; null where there is none to read.</summary>
    public Func<CancellationToken, Task<ApplyResult>>? Reload { get; init; }

    /// <summary>
    /// Writes what the role serves and how it is, as JSON; null where there is nothing to say.
    /// </summary>
    public Func<ReadOnlyMemory<byte>>? Status { get; init; }

    /// <summary>
    /// Writes what is known of the routers that are pushed to, as JSON; null where there are none.
    /// </summary>
    public Func<ReadOnlyMemory<byte>>? Routers { get; init; }
}
