namespace Serval.Config.Compiling;

/// <summary>The listener that serves a host, and what the lookup of a rule continues with.</summary>
/// <param name="Index">In <see cref="Model.Snapshot.Listeners"/>; -1 when no listener serves the
/// host.</param>
/// <param name="HostHash">Hash of the host in the snapshot that it was found in.</param>
public readonly record struct ListenerHit(int Index, ulong HostHash)
{
    /// <summary>No listener.</summary>
    public static ListenerHit None => new(-1, 0);
}
