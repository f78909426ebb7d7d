namespace Serval.Config.Model;

/// <summary>One address and port.</summary>
/// <param name="Address">IPv4 or IPv6 literal without zone.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record Endpoint(string Address, int Port);
