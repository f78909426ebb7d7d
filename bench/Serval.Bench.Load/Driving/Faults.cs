namespace Serval.Bench.Load.Driving;

/// <summary>Everything that went wrong in a run. One fault makes the run invalid.</summary>
internal sealed class Faults
{
    private readonly SortedDictionary<string, int> _byKind = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public void Add(string kind)
    {
        Count++;
        _byKind[kind] = _byKind.GetValueOrDefault(kind) + 1;
    }

    public void Clear()
    {
        Count = 0;
        _byKind.Clear();
    }

    /// <summary>Kinds with their counts, or the empty string.</summary>
    public override string ToString() =>
        string.Join(", ", _byKind.Select(kind => $"{kind.Key} ×{kind.Value}"));
}
