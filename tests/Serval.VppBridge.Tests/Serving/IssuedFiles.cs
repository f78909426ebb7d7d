namespace Serval.VppBridge.Tests.Serving;

/// <summary>A certificate and its private key as PEM files.</summary>
internal sealed record IssuedFiles(string Certificate, string Key);
