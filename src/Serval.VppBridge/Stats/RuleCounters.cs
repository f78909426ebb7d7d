namespace Serval.VppBridge.Stats;

/// <summary>What matched one ACL rule.</summary>
internal readonly record struct RuleCounters(ulong Packets, ulong Bytes);
