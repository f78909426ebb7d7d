using System.Collections.Immutable;
using Serval.Config.Secrets;
using Serval.Config.Validating;

namespace Serval.DataPlane;

public sealed partial class Router
{
    private readonly HashSet<(string Name, string Digest)> _heldKeys = [];

    /// <summary>Holds key pairs.</summary>
    public ImmutableArray<Finding> PutSecrets(IReadOnlyList<KeyPair> pairs)
    {
        lock (_heldKeys)
        {
            foreach (KeyPair pair in pairs) _heldKeys.Add((pair.Name, pair.Digest));
        }

        return [];
    }

    /// <summary>Whether a pair is held.</summary>
    public bool HoldsCertificate(string name, string digest)
    {
        lock (_heldKeys) return _heldKeys.Contains((name, digest));
    }
}
