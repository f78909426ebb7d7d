namespace Serval.Config.Compiling;

/// <summary>
/// A place in the table of paths, see <see cref="Placing"/>. All zero is free. Blittable, 64 bytes: one cache
/// line.
/// </summary>
internal struct PathSlot : IPlaced
{
    /// <summary>Hash of the path in the scope of its node and kind.</summary>
    public uint Hash;

    /// <summary>False when the place is free.</summary>
    public bool IsUsed;

    /// <summary>The path if it is short enough, so that it is read with the rest.</summary>
    public PathBytes Near;

    /// <summary>What is there.</summary>
    public PathBucket Bucket;

    /// <inheritdoc/>
    public readonly bool IsTaken => IsUsed && Bucket.Node >= 0;
}
