namespace Serval.Config.Compiling;

/// <summary>
/// Tables whose records stand where their hash says, or behind it where the next place is free, about half of
/// them used: a lookup reads the record itself, mostly the first, and no index before it whose answer it
/// would have to wait for.
/// </summary>
internal static class Placing
{
    /// <summary>Places for so many records.</summary>
    public static int Capacity(int records) =>
        records == 0 ? 0 : (int)Math.Min(Array.MaxLength, (records * 2L) + 1);

    /// <summary>Where a record with this hash stands if the place is free.</summary>
    public static int Home(uint hash, int capacity) => (int)((ulong)hash * (uint)capacity >> 32);

    /// <summary>The free place that a record with this hash takes; the table has one.</summary>
    public static int Free<T>(Table<T> table, uint hash) where T : unmanaged, IPlaced
    {
        int at = Home(hash, table.Count);
        while (table[at].IsTaken)
            at = Following(at, table.Count);
        return at;
    }

    /// <summary>The place behind another.</summary>
    public static int Following(int place, int capacity) => place + 1 == capacity ? 0 : place + 1;
}
