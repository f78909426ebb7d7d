namespace Serval.Config.Compiling;

/// <summary>A run of bytes or records inside a compiled snapshot's memory.</summary>
/// <param name="Start">Index of the first.</param>
/// <param name="Count">How many; 0 is empty.</param>
public readonly record struct Slice(int Start, int Count);
