using System.Net.Security;

namespace Serval.Common.Access;

/// <summary>
/// The certificate that a listener shows, with its chain and key, read again when its files change. A
/// connection that is open keeps the one it began with.
/// </summary>
public sealed class ServerCertificate
{
    private readonly FileBacked<SslStreamCertificateContext> _files;

    /// <summary>Reads the files.</summary>
    /// <param name="certificatePath">PEM file: the certificate, then its intermediates.</param>
    /// <param name="keyPath">PEM file of the private key; null: it is in the same file.</param>
    /// <param name="failed">Takes the reason why a renewed file could not be read.</param>
    /// <exception cref="OptionException">The files cannot be read or do not belong together.</exception>
    public ServerCertificate(string certificatePath, string? keyPath, Action<string> failed) =>
        _files = new FileBacked<SslStreamCertificateContext>(
            keyPath is null ? [certificatePath] : [certificatePath, keyPath],
            () => Read(certificatePath, keyPath),
            failed);

    /// <summary>What to show on the next handshake.</summary>
    public SslStreamCertificateContext Current => _files.Current;

    private static SslStreamCertificateContext Read(string certificatePath, string? keyPath) =>
        SslStreamCertificateContext.Create(
            PemFiles.ReadOwn(certificatePath, keyPath),
            PemFiles.ReadCertificates(certificatePath),
            offline: true);
}
