namespace Serval.VppBridge;

/// <summary>The way into VPP.</summary>
public enum VppTransportKind
{
    /// <summary>The binary API where it answers, else the CLI.</summary>
    Auto,

    /// <summary>The binary API only.</summary>
    Api,

    /// <summary>The CLI only.</summary>
    Cli,
}
