using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Serval.Config.Wire.Reading;

/// <summary>Reads a member into a property, by the contract of the form.</summary>
internal sealed class PropertyReader<TOwner, TValue>(
    JsonPropertyInfo contract, ValueReader<TValue> values, Action<TOwner, TValue> set)
    : MemberReader(contract.Name, contract.IsRequired)
{
    private readonly bool _isNullable =
        contract.AssociatedParameter?.IsNullable ?? contract.IsSetNullable;

    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, object owner)
    {
        if (tokens.Type == JsonTokenType.Null && !_isNullable) return false;
        if (!values.TryRead(ref tokens, out TValue value)) return false;
        set((TOwner)owner, value);
        return true;
    }
}
