namespace Serval.Config.Wire.Reading;

/// <summary>Reads one member of an object.</summary>
internal abstract class MemberReader(string name, bool isRequired)
{
    private readonly byte[] _name = System.Text.Encoding.UTF8.GetBytes(name);

    /// <summary>The member's name.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>True when an object without it is none.</summary>
    public bool IsRequired { get; } = isRequired;

    /// <summary>Reads the value that begins with the token and sets it.</summary>
    public abstract bool TryRead(scoped ref JsonTokens tokens, object owner);
}
