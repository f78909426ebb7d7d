namespace Serval.Control.Acme;

/// <summary>
/// Where the answers to challenges are served: by a route of this process, or in handshakes of its listeners.
/// </summary>
internal interface IChallengeAnswers
{
    /// <summary>How the authority can reach an answer for a hostname.</summary>
    ChallengeKind KindFor(string name);

    /// <summary>Serves an answer; when this returns, the authority may ask for it.</summary>
    /// <param name="kind">How.</param>
    /// <param name="name">The hostname that is proven.</param>
    /// <param name="token">The authority's name for the challenge.</param>
    /// <param name="answer">The key authorisation (RFC 8555 §8.1).</param>
    /// <param name="stop">Ends the wait.</param>
    Task PutAsync(
        ChallengeKind kind, string name, string token, string answer, CancellationToken stop);

    /// <summary>Serves it no more.</summary>
    Task RemoveAsync(string token, CancellationToken stop);
}
