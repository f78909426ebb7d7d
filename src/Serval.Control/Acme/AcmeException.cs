namespace Serval.Control.Acme;

/// <summary>The authority did not give a certificate; the message says why.</summary>
internal sealed class AcmeException(string message) : Exception(message);
