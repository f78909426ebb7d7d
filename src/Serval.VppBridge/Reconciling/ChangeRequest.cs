using Serval.VppBridge.Model;

namespace Serval.VppBridge.Reconciling;

/// <summary>One change a user asks for.</summary>
/// <param name="Key">The object whose version guards the change.</param>
/// <param name="ResourceVersion">The version the user saw; empty for whatever it is.</param>
/// <param name="DryRun">Only say what would be done.</param>
/// <param name="Mutate">Makes the new desired state, or the same object when there is nothing to change.
/// Throws a RpcException to refuse.</param>
/// <param name="CutSessions">Also cut the sessions that reflecting rules opened.</param>
internal sealed record ChangeRequest(
    string Key, string ResourceVersion, bool DryRun, Func<DesiredState, VppState, DesiredState> Mutate,
    bool CutSessions = false);
