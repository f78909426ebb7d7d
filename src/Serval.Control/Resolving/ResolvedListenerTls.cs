using System.Collections.Immutable;
using Serval.Config.Model;
using Serval.Control.Certificates;

namespace Serval.Control.Resolving;

/// <summary>What a listener's TLS settings amount to.</summary>
internal sealed record ResolvedListenerTls
{
    /// <summary>What routers run; null when the listener cannot be served.</summary>
    public required ListenerTls? Model { get; init; }

    /// <summary>Whether the first bytes of a connection decide what it speaks.</summary>
    public bool Detection { get; init; }

    /// <summary>The certificates that the model names.</summary>
    public ImmutableArray<ReadKeyPair> KeyPairs { get; init; } = [];

    /// <summary>The authorities that the model names.</summary>
    public ImmutableArray<Authority> Authorities { get; init; } = [];

    /// <summary>Why the listener is not accepted; null when nothing speaks against it.</summary>
    public Verdict? Refusal { get; init; }

    /// <summary>What is wrong with a reference; null when nothing is.</summary>
    public Verdict? Unresolved { get; init; }
}
