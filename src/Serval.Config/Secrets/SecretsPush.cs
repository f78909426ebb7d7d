using System.Collections.Immutable;

namespace Serval.Config.Secrets;

/// <summary>
/// What <c>PUT /secrets</c> carries to a router: key pairs that a snapshot is about to name.
/// </summary>
public sealed class SecretsPush
{
    /// <summary>The key pairs; each is told apart by name and digest.</summary>
    public required ImmutableArray<KeyPair> KeyPairs { get; init; }

    /// <summary>Overwrites every private key.</summary>
    public void Wipe()
    {
        foreach (KeyPair pair in KeyPairs.IsDefault ? [] : KeyPairs)
            pair?.Wipe();
    }
}
