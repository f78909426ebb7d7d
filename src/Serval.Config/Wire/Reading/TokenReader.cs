namespace Serval.Config.Wire.Reading;

/// <summary>Reads values that are one token.</summary>
internal sealed class TokenReader<T>(TryReadToken<T> read) : ValueReader<T>
{
    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, out T value) => read(ref tokens, out value);
}
