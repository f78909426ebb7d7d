namespace Serval.VppBridge.Model;

/// <summary>A total order of prefixes, so that sets compare and output is stable.</summary>
internal sealed class PrefixOrder : IComparer<IpPrefix>
{
    public static readonly PrefixOrder Instance = new();

    public int Compare(IpPrefix x, IpPrefix y)
    {
        int order = x.IsV6.CompareTo(y.IsV6);
        if (order == 0)
            order = x.Address.GetAddressBytes().AsSpan().SequenceCompareTo(y.Address.GetAddressBytes());
        return order != 0 ? order : x.Length.CompareTo(y.Length);
    }
}
