namespace Serval.DataPlane.Exchanges;

/// <summary>Where the bytes of a connection without HTTP go.</summary>
/// <param name="Cluster">Slot of the cluster; -1 for none.</param>
/// <param name="ConnectTimeoutMs">How long each connect may take.</param>
/// <param name="ListenerSeries">Series of the listener in the metrics.</param>
internal readonly record struct Splicing(int Cluster, int ConnectTimeoutMs, int ListenerSeries)
{
    /// <summary>Nowhere: HTTP is spoken.</summary>
    public static Splicing None => new(-1, 0, 0);
}
