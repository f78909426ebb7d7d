namespace Serval.Config.Model;

/// <summary>Edits the response's headers before they go downstream.</summary>
public sealed record ResponseHeaderFilter(HeaderEdits Edits) : Filter;
