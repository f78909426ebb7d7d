namespace Serval.Testing;

/// <summary>Files of a certificate with its chain and of its key, as PEM.</summary>
internal sealed record IssuedFiles(string Certificate, string Key);
