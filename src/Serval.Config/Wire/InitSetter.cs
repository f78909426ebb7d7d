using System.Text.Json.Serialization.Metadata;
using Serval.Config.Wire.Reading;

namespace Serval.Config.Wire;

/// <summary>The init accessor of one property.</summary>
internal abstract class InitSetter
{
    /// <summary>Sets the property of an object that nobody else has seen yet.</summary>
    public abstract void Set(object owner, object? value);

    /// <summary>A reader that sets the property.</summary>
    public abstract MemberReader CreateReader(JsonPropertyInfo contract, ValueReaders values);
}
