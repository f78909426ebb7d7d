namespace Serval.Config.Compiling;

/// <summary>One header edit. Blittable; bytes through <see cref="CompiledSnapshot.Bytes"/>.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Name">Header name as written by the author; compared without case.</param>
/// <param name="Value">Value; empty for a removal.</param>
public readonly record struct CompiledEdit(EditKind Kind, Slice Name, Slice Value);
