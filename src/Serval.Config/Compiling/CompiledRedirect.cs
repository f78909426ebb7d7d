namespace Serval.Config.Compiling;

/// <summary>A redirect. Blittable; empty slices and 0 keep what the request has.</summary>
/// <param name="Scheme"><c>http</c>, <c>https</c> or empty.</param>
/// <param name="Hostname">Host of the location, or empty.</param>
/// <param name="Port">Port of the location, or 0.</param>
/// <param name="Path">Path of the location.</param>
/// <param name="Status">301, 302, 303, 307 or 308.</param>
public readonly record struct CompiledRedirect(
    Slice Scheme, Slice Hostname, int Port, CompiledPathChange Path, int Status);
