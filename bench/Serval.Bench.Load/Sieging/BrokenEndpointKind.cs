namespace Serval.Bench.Load.Sieging;

/// <summary>How an endpoint can be broken.</summary>
internal enum BrokenEndpointKind
{
    /// <summary>Nothing listens there.</summary>
    Refuses,

    /// <summary>It accepts, reads, and resets.</summary>
    Resets,

    /// <summary>Its queue is full and nobody takes from it: the kernel drops every further SYN.</summary>
    IsSilent,
}
