namespace Serval.VppBridge.Model;

/// <summary>Counters of one interface.</summary>
internal readonly record struct InterfaceCounters(
    string Name, uint Index,
    ulong RxPackets, ulong RxBytes, ulong TxPackets, ulong TxBytes,
    ulong Drops, ulong RxErrors, ulong TxErrors, ulong RxMisses, ulong Punts, ulong Ip4, ulong Ip6);
