namespace Serval.VppBridge.Reconciling;

/// <summary>What /metrics tells of the bridge itself. Thread: any.</summary>
internal sealed class BridgeCounters
{
    private long _connectsCount;
    private long _driftsCount;
    private long _repairsCount;
    private long _rollbacksCount;
    private long _changesCount;

    public long Connects => Interlocked.Read(ref _connectsCount);

    public long Drifts => Interlocked.Read(ref _driftsCount);

    public long Repairs => Interlocked.Read(ref _repairsCount);

    public long Rollbacks => Interlocked.Read(ref _rollbacksCount);

    public long Changes => Interlocked.Read(ref _changesCount);

    public void CountConnect() => Interlocked.Increment(ref _connectsCount);

    public void CountDrift() => Interlocked.Increment(ref _driftsCount);

    public void CountRepair() => Interlocked.Increment(ref _repairsCount);

    public void CountRollback() => Interlocked.Increment(ref _rollbacksCount);

    public void CountChange() => Interlocked.Increment(ref _changesCount);
}
