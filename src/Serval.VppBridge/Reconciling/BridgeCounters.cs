namespace Serval.VppBridge.Reconciling;

/// <summary>What /metrics tells of the bridge itself. Thread: any.</summary>
internal sealed class BridgeCounters
{
    private long _connectsCount;
    private long _driftsCount;
    private long _repairsCount;
    private long _rollbacksCount;
    private long _changesCount;
    private long _looksCount;

    public long Connects => Interlocked.Read(ref _connectsCount);

    public long Drifts => Interlocked.Read(ref _driftsCount);

    public long Repairs => Interlocked.Read(ref _repairsCount);

    public long Rollbacks => Interlocked.Read(ref _rollbacksCount);

    public long Changes => Interlocked.Read(ref _changesCount);

    /// <summary>Looks for drift that have ended, with the status told and repairs made.</summary>
    public long Looks => Interlocked.Read(ref _looksCount);

    public void CountLook() => Interlocked.Increment(ref _looksCount);

    public void CountConnect() => Interlocked.Increment(ref _connectsCount);

    public void CountDrift() => Interlocked.Increment(ref _driftsCount);

    public void CountRepair() => Interlocked.Increment(ref _repairsCount);

    public void CountRollback() => Interlocked.Increment(ref _rollbacksCount);

    public void CountChange() => Interlocked.Increment(ref _changesCount);
}
