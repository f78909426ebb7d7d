using Serval.Config.Model;

namespace Serval.Config.Compiling;

/// <summary>A path change. Blittable.</summary>
/// <param name="IsPresent">False keeps the request's path.</param>
/// <param name="Kind">What is replaced.</param>
/// <param name="Value">The replacement's bytes.</param>
public readonly record struct CompiledPathChange(bool IsPresent, PathChangeKind Kind, Slice Value);
