namespace Serval.Control.Acme;

/// <summary>
/// Where the answers to challenges are served: in production by a route of this process, in tests by whatever
/// the authority asks.
/// </summary>
internal interface IChallengeAnswers
{
    /// <summary>Serves an answer; when this returns, the authority may ask for it.</summary>
    /// <param name="name">The hostname that is proven.</param>
    /// <param name="token">The last part of the path below <c>/.well-known/acme-challenge/</c>.</param>
    /// <param name="answer">What to say there.</param>
    /// <param name="stop">Ends the wait.</param>
    Task PutAsync(string name, string token, string answer, CancellationToken stop);

    /// <summary>Serves it no more.</summary>
    Task RemoveAsync(string token, CancellationToken stop);
}
