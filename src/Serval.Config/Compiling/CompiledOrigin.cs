namespace Serval.Config.Compiling;

/// <summary>One allowed origin. Blittable; see <see cref="Validating.OriginPattern"/>.</summary>
/// <param name="IsHttps">The scheme: https, else http.</param>
/// <param name="IsWildcard">Whether something has to stand before the host.</param>
/// <param name="Host">Lower case; empty behind a wildcard means any.</param>
/// <param name="Port">The port.</param>
public readonly record struct CompiledOrigin(bool IsHttps, bool IsWildcard, Slice Host, int Port);
