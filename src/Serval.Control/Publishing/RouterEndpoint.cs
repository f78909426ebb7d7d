namespace Serval.Control.Publishing;

/// <summary>A router that snapshots are pushed to.</summary>
/// <param name="Name">Names it for people and tells it apart: its node, else its address.</param>
/// <param name="Address">Its admin API.</param>
/// <param name="NodeName">The node that it runs on; null where that is not known.</param>
/// <param name="IsReady">Whether it carries traffic; only those are waited for.</param>
public sealed record RouterEndpoint(string Name, Uri Address, string? NodeName, bool IsReady);
