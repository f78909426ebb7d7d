namespace Serval.Config.Model;

/// <summary>Edits the request's headers before they go upstream.</summary>
public sealed record RequestHeaderFilter(HeaderEdits Edits) : Filter;
