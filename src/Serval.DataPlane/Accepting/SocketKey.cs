namespace Serval.DataPlane.Accepting;

/// <summary>What makes two listeners share a socket: the address (empty for all) and the port.</summary>
internal readonly record struct SocketKey(string Address, int Port)
{
    public override string ToString() =>
        Address.Length == 0 ? $"*:{Port}" : Address.Contains(':', StringComparison.Ordinal)
            ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
