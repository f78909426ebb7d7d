using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Serval.Control.Tests.Incremental;

/// <summary>What TLS needs, as text: certificates with keys that fit or do not, bundles, settings.</summary>
internal static class RandomTls
{
    // A few are enough, and making them is slow.
    private static readonly (string Chain, string Key)[] Pairs = [Make(1), Make(2), Make(3)];

    /// <summary>The content of a Secret, one time in four with the key of another.</summary>
    public static string Secret(Random random)
    {
        (string chain, string key) = Pairs[random.Next(Pairs.Length)];
        if (random.Next(4) == 0)
            key = Pairs[random.Next(Pairs.Length)].Key;
        return $"type: kubernetes.io/tls\nstringData:\n  tls.crt: |\n{Indent(chain)}"
            + $"  tls.key: |\n{Indent(key)}";
    }

    /// <summary>The content of a ConfigMap, one time in three without what is looked for.</summary>
    public static string Bundle(Random random) =>
        $"data:\n  {(random.Next(3) == 0 ? "other" : "ca.crt")}: |\n"
        + Indent(Pairs[random.Next(Pairs.Length)].Chain);

    /// <summary>TLS settings of a Gateway.</summary>
    public static string GatewaySettings(Random random) => random.Next(4) switch
    {
        0 => "  tls: {backend: {clientCertificateRef: {name: c}}}\n",
        1 => "  tls: {frontend: {default: {validation: {caCertificateRefs: "
            + "[{group: \"\", kind: ConfigMap, name: m}]}}}}\n",
        _ => "",
    };

    private static string Indent(string text) =>
        string.Concat(text.Split('\n').Select(line => $"    {line}\n"));

    private static (string Chain, string Key) Make(int number)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(
            string.Create(CultureInfo.InvariantCulture, $"CN=test-{number}"), key, HashAlgorithmName.SHA256);
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using X509Certificate2 certificate = request.CreateSelfSigned(start, start.AddYears(100));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
