namespace Serval.CommandLine.Echo;

/// <summary>What a request's body was.</summary>
/// <param name="Length">Bytes.</param>
/// <param name="Sha256">Of all bytes, hexadecimal.</param>
/// <param name="Text">The body itself when it is short; null when it is long.</param>
internal sealed record ReceivedBody(long Length, string Sha256, string? Text);
