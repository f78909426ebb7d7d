namespace Serval.CommandLine;

/// <summary>What an admin API answered, or why it did not.</summary>
/// <param name="IsReached">Whether somebody answered at all.</param>
/// <param name="IsOk">Whether the answer is what was asked for.</param>
/// <param name="Address">Who was asked.</param>
/// <param name="Text">The answer, or the reason why there is none.</param>
/// <param name="IsServed">Of an explanation: whether the request would be answered by an endpoint or a
/// redirect.</param>
internal sealed record AdminAnswer(bool IsReached, bool IsOk, string Address, string Text, bool IsServed);
