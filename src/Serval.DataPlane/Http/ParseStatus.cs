namespace Serval.DataPlane.Http;

/// <summary>How a parser left its input.</summary>
internal enum ParseStatus
{
    /// <summary>A whole unit was read; the parser's properties describe it.</summary>
    Complete,

    /// <summary>The unit has not arrived in full. Nothing was consumed.</summary>
    Incomplete,

    /// <summary>The bytes can never become a valid unit; the parser's rejection says why.</summary>
    Rejected,
}
