namespace Serval.Config.Wire.Reading;

/// <summary>The value of one token, or false.</summary>
internal delegate bool TryReadToken<T>(scoped ref JsonTokens tokens, out T value);
