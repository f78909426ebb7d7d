namespace Serval.DataPlane.Filtering;

/// <summary>What a response's writer has to know of the connection that it goes to.</summary>
internal readonly ref struct DownstreamFacts
{
    /// <summary>The version of the request: 0 for HTTP/1.0, 1 for HTTP/1.1.</summary>
    public required int HttpMinor { get; init; }

    /// <summary>
    /// Whether the connection is kept after this response; a body without framing ends it anyway.
    /// </summary>
    public required bool KeepsAlive { get; init; }

    /// <summary>The time as an IMF-fixdate (29 bytes); empty writes no Date.</summary>
    public required ReadOnlySpan<byte> Date { get; init; }
}
