namespace Serval.Control.Acme;

/// <summary>The authority did not give a certificate; the message says why.</summary>
/// <param name="message">For people.</param>
/// <param name="problem">
/// The type of the authority's problem document (RFC 8555 §6.7); empty without one.
/// </param>
internal sealed class AcmeException(string message, string problem = "") : Exception(message)
{
    /// <summary>True when the authority refused for that reason, such as <c>badNonce</c>.</summary>
    public bool Is(string reason) => problem == $"urn:ietf:params:acme:error:{reason}";
}
