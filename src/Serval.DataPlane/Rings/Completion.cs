namespace Serval.DataPlane.Rings;

/// <summary>What the ring reports about one submitted operation.</summary>
/// <param name="Token">The operation's token.</param>
/// <param name="Result">Bytes, a descriptor or 0; a negative errno on failure.</param>
/// <param name="Buffer">Slot of the buffer that a receive filled; -1 for none.</param>
/// <param name="HasMore">True while a multishot operation stays armed.</param>
internal readonly record struct Completion(Token Token, int Result, int Buffer, bool HasMore);
