using System.Text.Json;

namespace Serval.Config.Wire.Reading;

/// <summary>Passes over the member that says of which type the object is: it was looked at before.</summary>
internal sealed class DiscriminatorReader(string name) : MemberReader(name, isRequired: true)
{
    /// <inheritdoc/>
    public override bool TryRead(scoped ref JsonTokens tokens, object owner) =>
        tokens.Type == JsonTokenType.String;
}
