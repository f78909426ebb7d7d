namespace Serval.Control.Resolving;

/// <summary>Ordinal by address, then by port.</summary>
internal sealed class EndpointOrder : IComparer<(string Address, int Port)>
{
    public static readonly EndpointOrder Instance = new();

    public int Compare((string Address, int Port) x, (string Address, int Port) y)
    {
        int order = string.CompareOrdinal(x.Address, y.Address);
        return order != 0 ? order : x.Port.CompareTo(y.Port);
    }
}
