using System.Net;

namespace Serval.Control.Kubernetes.Api;

/// <summary>What the API server answered to a request that is not a stream.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The whole body.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it does not say.</param>
internal sealed record ApiAnswer(HttpStatusCode Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter)
{
    /// <summary>True for 200 to 299.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>The failure that the body describes.</summary>
    public ApiFault Fault => ApiFault.Read(Status, Body.Span, RetryAfter);
}
