namespace Serval.Config.Compiling;

/// <summary>What of a request decides its route, headers aside. Slices of the receive buffer.</summary>
public readonly ref struct RequestTarget
{
    /// <summary>
    /// Who asks, from 1 for threads with instances of the regular expressions of their own; 0 for everybody
    /// else.
    /// </summary>
    public int Reader { get; init; }

    /// <summary>Host without port, lower-case; empty for an HTTP/1.0 request without one.</summary>
    public required ReadOnlySpan<byte> Host { get; init; }

    /// <summary>Method, as sent.</summary>
    public required ReadOnlySpan<byte> Method { get; init; }

    /// <summary>Path as the listener's policy leaves it, beginning with <c>/</c>; query excluded.</summary>
    public required ReadOnlySpan<byte> Path { get; init; }

    /// <summary>Query without the question mark; empty when there is none.</summary>
    public required ReadOnlySpan<byte> Query { get; init; }
}
