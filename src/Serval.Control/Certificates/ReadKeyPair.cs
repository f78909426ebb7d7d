using System.Diagnostics.CodeAnalysis;
using Serval.Config.Model;
using Serval.Config.Secrets;

namespace Serval.Control.Certificates;

/// <summary>What a Secret holds: a certificate with its key, or why it is of no use.</summary>
internal sealed class ReadKeyPair
{
    /// <summary>Its public facts; null when it is of no use.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>What routers need to serve it; null when it is of no use.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Why it is of no use, as a sentence about the Secret.</summary>
    public string? Problem { get; private init; }

    /// <summary>What should be repaired though it works.</summary>
    public string? Warning { get; init; }

    /// <summary>True when it can be served.</summary>
    [MemberNotNullWhen(true, nameof(Certificate), nameof(KeyPair))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsUsable => Certificate is not null;

    /// <summary>One that is of no use.</summary>
    public static ReadKeyPair Wrong(string problem) => new() { Problem = problem };
}
