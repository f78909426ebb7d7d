using System.Text.Json.Serialization.Metadata;
using Serval.Config.Wire.Reading;

namespace Serval.Config.Wire;

/// <summary>The init accessor of one property, with its types.</summary>
internal sealed class InitSetterOf<TOwner, TValue>(Action<TOwner, TValue> set) : InitSetter
{
    /// <inheritdoc/>
    public override void Set(object owner, object? value) => set((TOwner)owner, (TValue)value!);

    /// <inheritdoc/>
    public override MemberReader CreateReader(JsonPropertyInfo contract, ValueReaders values) =>
        new PropertyReader<TOwner, TValue>(contract, values.Of<TValue>(), set);
}
