using System.Text.Json;
using Serval.Config.Model;

namespace Serval.Config.Wire.Reading;

/// <summary>Reads filters, whose discriminator says of which type they are, wherever it stands.</summary>
internal sealed class FilterReader(string discriminator, (string Name, TryReadToken<Filter?> Read)[] types)
    : ValueReader<Filter?>
{
    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, out Filter? value)
    {
        value = null;
        if (tokens.Type == JsonTokenType.Null) return true;
        if (tokens.Type != JsonTokenType.StartObject) return false;
        JsonTokens ahead = tokens;
        while (ahead.Read() && ahead.Type == JsonTokenType.PropertyName)
        {
            bool isFound = System.Text.Ascii.Equals(ahead.RawName, discriminator);
            ahead.Read();
            if (isFound) return TryRead(ahead, ref tokens, out value);
            ahead.Skip();
        }

        return false;
    }

    private bool TryRead(JsonTokens ahead, scoped ref JsonTokens tokens, out Filter? value)
    {
        value = null;
        if (ahead.Type != JsonTokenType.String) return false;
        foreach ((string name, TryReadToken<Filter?> read) in types)
        {
            if (System.Text.Ascii.Equals(ahead.RawName, name)) return read(ref tokens, out value);
        }

        return false;
    }
}
