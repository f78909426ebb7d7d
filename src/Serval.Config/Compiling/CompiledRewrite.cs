namespace Serval.Config.Compiling;

/// <summary>A rewrite. Blittable; an empty hostname keeps the request's.</summary>
/// <param name="Hostname">New Host header, or empty.</param>
/// <param name="Path">New path.</param>
public readonly record struct CompiledRewrite(Slice Hostname, CompiledPathChange Path);
