namespace Serval.Config.Compiling;

/// <summary>
/// One place of a <see cref="HashIndex"/>. All zero is free. The key's place is here so that the processor
/// can fetch
/// the key and what the value stands for at the same time.
/// </summary>
/// <param name="Hash">Hash of the key and its scope.</param>
/// <param name="ValuePlusOne">The value, plus one.</param>
/// <param name="Key">The key's bytes.</param>
internal readonly record struct HashSlot(uint Hash, int ValuePlusOne, Slice Key);
