using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Serval.Config.Wire.Reading;

/// <summary>Reads arrays.</summary>
internal sealed class ArrayReader<T>(ValueReader<T> items) : ValueReader<ImmutableArray<T>>
{
    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, out ImmutableArray<T> value)
    {
        value = [];
        if (tokens.Type != JsonTokenType.StartArray) return false;
        // Most have one item: then this is the only array that is made.
        T[] read = [];
        int count = 0;
        while (tokens.Read() && tokens.Type != JsonTokenType.EndArray)
        {
            if (!items.TryRead(ref tokens, out T item)) return false;
            if (count == read.Length) Array.Resize(ref read, Math.Max(1, count * 2));
            read[count++] = item;
        }

        if (count < read.Length) Array.Resize(ref read, count);
        value = ImmutableCollectionsMarshal.AsImmutableArray(read);
        return true;
    }
}
