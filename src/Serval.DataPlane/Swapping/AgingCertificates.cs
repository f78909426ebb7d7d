using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Config.Validating;

namespace Serval.DataPlane.Swapping;

/// <summary>
/// Certificates of the live snapshot that come near their end while no other snapshot comes.
/// Owner: the router. Thread: any, under its lock. Bound: the certificates of a snapshot.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class AgingCertificates(TimeProvider time)
{
    private readonly Lock _lock = new();
    private HashSet<Finding> _told = [];

    /// <summary>What there is to say now.</summary>
    public ImmutableArray<Finding> Find(Snapshot? live) =>
        live is null ? [] : [.. CertificateAges.Find(live, time.GetUtcNow())];

    /// <summary>Takes note of what is said of a snapshot when it comes; that is no news.</summary>
    public void Tell(Snapshot live)
    {
        lock (_lock) _told = [.. Find(live)];
    }

    /// <summary>Takes what time has brought since it was asked last.</summary>
    public ImmutableArray<Finding> TakeNew(Snapshot? live)
    {
        lock (_lock)
        {
            ImmutableArray<Finding>.Builder news = ImmutableArray.CreateBuilder<Finding>();
            foreach (Finding finding in Find(live))
            {
                if (_told.Add(finding)) news.Add(finding);
            }

            return news.ToImmutable();
        }
    }
}
