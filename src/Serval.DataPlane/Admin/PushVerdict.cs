namespace Serval.DataPlane.Admin;

/// <summary>What became of a push.</summary>
public enum PushVerdict
{
    /// <summary>Applied, or refused with findings: <see cref="PushAnswer.Result"/> says which.</summary>
    Judged,

    /// <summary>The base of a delta is not the version that is live. The whole snapshot is needed.</summary>
    OtherBase,

    /// <summary>A newer leader has published. The sender must stop.</summary>
    StaleTerm,
}
