using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Serval.Config.Secrets;

namespace Serval.Integration.Tests.Secrets;

/// <summary>A certificate with its key, and every form in which the key could leak.</summary>
internal sealed class TestCertificate
{
    private const int SampleLength = 24;

    /// <param name="hostname">What it is for.</param>
    /// <param name="ageDays">How many days ago it was issued, for a hundred days.</param>
    public TestCertificate(string hostname, int ageDays = 0)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={hostname}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(hostname);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset issued = DateTimeOffset.UtcNow.AddDays(-ageDays);
        using X509Certificate2 certificate = request.CreateSelfSigned(
            issued.AddHours(-1), issued.AddDays(100));
        ChainPem = certificate.ExportCertificatePem();
        KeyPem = key.ExportPkcs8PrivateKeyPem();
        Digest = KeyPair.DigestOf(
            [certificate.RawData], certificate.PublicKey.ExportSubjectPublicKeyInfo(), []);
        byte[] secret = key.ExportParameters(includePrivateParameters: true).D!;
        string base64 = KeyPem.Split('\n')[1];
        Forms =
        [
            // The raw number, the PEM's text where the number is, that text in base64 again, and hex.
            secret[..SampleLength],
            Encoding.ASCII.GetBytes(base64[^SampleLength..]),
            Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(KeyPem))[40..80]),
            Encoding.ASCII.GetBytes(Convert.ToHexString(secret)[..SampleLength]),
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)[..SampleLength]),
            "PRIVATE KEY"u8.ToArray(),
        ];
    }

    public string ChainPem { get; }

    public string KeyPem { get; }

    public string Digest { get; }

    private byte[][] Forms { get; }

    /// <summary>The Secret as YAML.</summary>
    public string Secret(string @namespace, string name) => $"""
        apiVersion: v1
        kind: Secret
        metadata: {"{"}name: {name}, namespace: {@namespace}{"}"}
        type: kubernetes.io/tls
        data:
          tls.crt: {Convert.ToBase64String(Encoding.ASCII.GetBytes(ChainPem))}
          tls.key: {Convert.ToBase64String(Encoding.ASCII.GetBytes(KeyPem))}

        """;

    /// <summary>The push of it.</summary>
    public byte[] Push(string name) => SecretsJson.Write(new SecretsPush
    {
        KeyPairs =
        [
            new KeyPair
            {
                Name = name,
                Digest = Digest,
                ChainPem = Encoding.ASCII.GetBytes(ChainPem),
                PrivateKeyPem = Encoding.ASCII.GetBytes(KeyPem),
            },
        ],
    });

    /// <summary>Fails when any form of the key is in there.</summary>
    public void AssertAbsent(string where, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < Forms.Length; i++)
            Assert.True(bytes.IndexOf(Forms[i]) < 0, $"{where} has form {i} of the key");
    }
}
