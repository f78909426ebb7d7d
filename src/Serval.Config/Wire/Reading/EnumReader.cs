using System.Text;
using System.Text.Json;

namespace Serval.Config.Wire.Reading;

/// <summary>Reads enumerations by their names in camel case.</summary>
internal sealed class EnumReader<T> : ValueReader<T> where T : struct, Enum
{
    private readonly T[] _values = Enum.GetValues<T>();
    private readonly string[] _names =
        Array.ConvertAll(Enum.GetNames<T>(), JsonNamingPolicy.CamelCase.ConvertName);

    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, out T value)
    {
        value = default;
        if (tokens.Type != JsonTokenType.String) return false;
        for (int i = 0; i < _names.Length; i++)
        {
            if (!Ascii.Equals(tokens.RawName, _names[i])) continue;
            value = _values[i];
            return true;
        }

        return false;
    }
}
