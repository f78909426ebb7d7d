namespace Serval.VppBridge.Reconciling;

/// <summary>Why an object that was asked for cannot be brought about.</summary>
/// <param name="Key">The object: see <see cref="DesiredState.AclKey"/> and its like.</param>
/// <param name="Problem">The reason, for a person.</param>
internal sealed record Obstacle(string Key, string Problem)
{
    public override string ToString() => Problem;
}
