namespace Serval.Config.Model;

/// <summary>A header's name (RFC 9110 token) and value (no control bytes).</summary>
public sealed record HeaderValue(string Name, string Value);
