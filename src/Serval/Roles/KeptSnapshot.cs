using Serval.Config.Model;
using Serval.Config.Wire;

namespace Serval.CommandLine.Roles;

/// <summary>A configuration on disk.</summary>
/// <param name="Snapshot">What was live.</param>
/// <param name="Term">The term of the push that brought it; null if it had none.</param>
internal sealed record KeptSnapshot(Snapshot Snapshot, PushTerm? Term);
