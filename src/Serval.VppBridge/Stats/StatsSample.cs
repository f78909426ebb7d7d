using Serval.VppBridge.Model;

namespace Serval.VppBridge.Stats;

/// <summary>Counters read at one time. Immutable.</summary>
internal sealed record StatsSample(
    DateTimeOffset At,
    string Source,
    IReadOnlyDictionary<string, InterfaceCounters> Interfaces,
    IReadOnlyDictionary<uint, RuleCounters[]> AclRules);
