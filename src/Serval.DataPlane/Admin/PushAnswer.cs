using Serval.Config.Wire;

namespace Serval.DataPlane.Admin;

/// <summary>The answer to <c>PUT /config</c>.</summary>
/// <param name="Verdict">What became of the push.</param>
/// <param name="Result">The ack or nack; null unless the push was judged.</param>
/// <param name="Live">The version that is live; null before the first.</param>
/// <param name="Term">The term of the last accepted push; null while none had one.</param>
public sealed record PushAnswer(PushVerdict Verdict, ApplyResult? Result, string? Live, PushTerm? Term);
