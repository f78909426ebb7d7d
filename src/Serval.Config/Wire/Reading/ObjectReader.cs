using System.Text.Json;

namespace Serval.Config.Wire.Reading;

/// <summary>
/// Reads objects: every member at most once, none that is unknown, all that are required.
/// </summary>
/// <param name="create">Makes one with the initial values.</param>
/// <param name="members">At most 32.</param>
internal sealed class ObjectReader<T>(Func<object> create, MemberReader[] members) : ValueReader<T?>
    where T : class
{
    private readonly uint _required = Required(members);

    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, out T? value)
    {
        value = null;
        if (tokens.Type == JsonTokenType.Null) return true;
        if (tokens.Type != JsonTokenType.StartObject) return false;
        T made = (T)create();
        uint seen = 0;
        int expected = 0;
        while (tokens.Read() && tokens.Type == JsonTokenType.PropertyName)
        {
            int member = Find(tokens.RawName, expected);
            if (member < 0 || (seen & (1u << member)) != 0) return false;
            seen |= 1u << member;
            expected = member + 1;
            if (!tokens.Read() || !members[member].TryRead(ref tokens, made)) return false;
        }

        value = made;
        return (seen & _required) == _required;
    }

    // Members mostly come in their order.
    private int Find(ReadOnlySpan<byte> name, int expected)
    {
        for (int i = 0; i < members.Length; i++, expected++)
        {
            if (expected >= members.Length) expected = 0;
            if (name.SequenceEqual(members[expected].Name)) return expected;
        }

        return -1;
    }

    private static uint Required(MemberReader[] members)
    {
        uint required = 0;
        for (int i = 0; i < members.Length; i++)
        {
            if (members[i].IsRequired) required |= 1u << i;
        }

        return required;
    }
}
