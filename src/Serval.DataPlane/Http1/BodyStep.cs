namespace Serval.DataPlane.Http1;

/// <summary>What a step of a body's reader found.</summary>
internal enum BodyStep
{
    /// <summary>A run of data.</summary>
    Data,

    /// <summary>Framing alone.</summary>
    Framing,

    /// <summary>The framing is broken.</summary>
    Rejected,
}
