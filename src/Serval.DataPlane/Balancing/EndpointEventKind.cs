namespace Serval.DataPlane.Balancing;

/// <summary>What became of an endpoint.</summary>
internal enum EndpointEventKind : byte
{
    /// <summary>It takes no exchanges for a while.</summary>
    Ejected,

    /// <summary>It has answered, and takes exchanges again.</summary>
    Restored,

    /// <summary>No cluster has it any more.</summary>
    Retired,
}
