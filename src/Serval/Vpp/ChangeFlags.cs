using System.CommandLine;

namespace Serval.CommandLine.Vpp;

/// <summary>Options of verbs that change something; each verb takes those that its call has.</summary>
internal sealed class ChangeFlags
{
    /// <summary>Only say the steps.</summary>
    public Option<bool> DryRun { get; } = new("--dry-run")
    {
        Description = "Say the steps and change nothing",
    };

    /// <summary>Cut sessions that the old rules opened.</summary>
    public Option<bool> CutSessions { get; } = new("--cut-sessions")
    {
        Description = "Cut the sessions that reflecting rules opened; all passes for a moment",
    };

    /// <summary>The version that the user saw.</summary>
    public Option<string> ResourceVersion { get; } = new("--resource-version")
    {
        HelpName = "VERSION",
        Description = "Apply only if the current version matches",
        DefaultValueFactory = _ => string.Empty,
    };

    /// <summary>What is gone already is no fault.</summary>
    public Option<bool> AllowMissing { get; } = new("--allow-missing")
    {
        Description = "Succeed when there is none",
    };
}
