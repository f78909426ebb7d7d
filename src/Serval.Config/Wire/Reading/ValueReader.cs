namespace Serval.Config.Wire.Reading;

/// <summary>
/// Reads values of one type where they are written the plain way. Whatever else there is, right or wrong, is
/// left to the serialiser, which takes it or says what is wrong with it. Immutable.
/// </summary>
internal abstract class ValueReader<T>
{
    /// <summary>
    /// Reads the value that begins with the token and stops at its last one; false for anything but the plain
    /// way. Null is read as null where the type has it.
    /// </summary>
    public abstract bool TryRead(scoped ref JsonTokens tokens, out T value);
}
