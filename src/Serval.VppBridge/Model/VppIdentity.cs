namespace Serval.VppBridge.Model;

/// <summary>Which VPP answers.</summary>
internal sealed record VppIdentity(string Version, uint Pid);
