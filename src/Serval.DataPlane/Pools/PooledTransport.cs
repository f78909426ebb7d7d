namespace Serval.DataPlane.Pools;

/// <summary>
/// What the pools know of an upstream transport. Owner: <see cref="UpstreamPools{TRing}"/>. Bound: one per
/// transport slot.
/// </summary>
internal struct PooledTransport
{
    /// <summary>Its endpoint's epoch when it was dialled.</summary>
    public int Epoch;

    /// <summary>Metric series of the cluster that it was dialled for.</summary>
    public int ClusterSeries;

    /// <summary>Neighbours among the idle ones of its endpoint; -1 for none.</summary>
    public int Next;
    public int Previous;

    /// <summary>True once it has carried an exchange.</summary>
    public bool IsReused;
}
