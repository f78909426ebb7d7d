namespace Serval.Config.Validating;

/// <summary>
/// The names of a list's items, <c>rules[0]</c> and so on; those of the first are made once.
/// </summary>
internal sealed class ItemNames(string list)
{
    private const int Kept = 16;
    private readonly string[] _first = [.. Enumerable.Range(0, Kept).Select(i => $"{list}[{i}]")];

    /// <summary>The name of an item.</summary>
    public string this[int index] => index < Kept ? _first[index] : $"{list}[{index}]";
}
