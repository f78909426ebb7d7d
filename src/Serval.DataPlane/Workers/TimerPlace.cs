namespace Serval.DataPlane.Workers;

/// <summary>A timer's place in the wheel. All zero: nowhere. Blittable.</summary>
internal struct TimerPlace
{
    /// <summary>The bucket that it waits in, plus one; 0 for none.</summary>
    public int BucketPlusOne;

    /// <summary>Neighbours in the bucket; -1 for none.</summary>
    public int Next;
    public int Previous;

    /// <summary>When the bucket is looked at; turn clock, milliseconds.</summary>
    public long DueMs;

    /// <summary>When something must be done; turn clock, milliseconds.</summary>
    public long DeadlineMs;
}
