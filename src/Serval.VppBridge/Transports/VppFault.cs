namespace Serval.VppBridge.Transports;

/// <summary>Why VPP did not do as told.</summary>
internal enum VppFault
{
    /// <summary>VPP is away, or stopped answering. The connection is not used again.</summary>
    Away,

    /// <summary>VPP said no.</summary>
    Refused,

    /// <summary>VPP did something else than asked; it was undone.</summary>
    Misunderstood,

    /// <summary>It cannot be done safely, so it was not tried.</summary>
    Unsafe,
}
