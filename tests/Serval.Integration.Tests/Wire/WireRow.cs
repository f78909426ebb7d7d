namespace Serval.Integration.Tests.Wire;

/// <summary>One case of the wire table: bytes in, and what both sides must have seen.</summary>
/// <param name="Source">The section of the RFC, or the class of attack, that it stands for.</param>
/// <param name="Name">What must hold, as a sentence.</param>
/// <param name="Request">What the client sends, one char per byte.</param>
/// <param name="Client">
/// What it gets: <c>400 rule</c> for a status and its reason, <c>200 body</c> for a status and the whole
/// body; or the whole response, from <c>HTTP/1.1</c> on, without Date. Several are joined by <c> | </c>.
/// </param>
/// <param name="Upstream">
/// What the upstream saw, all requests in a row, without the six lines that Serval adds (they are checked by
/// themselves); null when it must not have seen a byte.
/// </param>
public sealed record WireRow(string Source, string Name, string Request, string Client, string? Upstream)
{
    /// <summary>What the upstream answers to each request.</summary>
    public string Reply { get; init; } = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Whether the upstream closes behind its reply.</summary>
    public bool IsReplyLast { get; init; }

    /// <summary>
    /// Whether the client's connection carries another request afterwards; otherwise it must be closed.
    /// </summary>
    public bool Stays { get; init; } = true;

    /// <summary>Whether the upstream must see its connection end inside the request.</summary>
    public bool IsCut { get; init; }

    /// <summary>
    /// Name of the router: <c>default</c>, <c>strict</c> (of paths and names), or <c>raw</c> (takes and
    /// forwards what the options allow).
    /// </summary>
    public string Listener { get; init; } = "default";

    /// <inheritdoc/>
    public override string ToString() => $"{Source}: {Name}";
}
