namespace Serval.Config.Compiling;

/// <summary>One match of a rule in the ordered list of a path. Blittable.</summary>
/// <param name="RuleId">The rule that it selects.</param>
/// <param name="PredicateIndex">What must hold besides host and path; -1 means nothing.</param>
internal readonly record struct Candidate(int RuleId, int PredicateIndex);
