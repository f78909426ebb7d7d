namespace Serval.Config.Compiling;

/// <summary>One place of a <see cref="HashIndex"/>. All zero is free.</summary>
/// <param name="Hash">Hash of the key.</param>
/// <param name="ValuePlusOne">The value, plus one.</param>
internal readonly record struct HashSlot(uint Hash, int ValuePlusOne);
