using System.Collections.Immutable;
using System.Security.Cryptography;
using Serval.Common.Addressing;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks certificates and authorities.</summary>
internal sealed class CertificateValidator(FindingList findings)
{
    private const string PemLabel = "CERTIFICATE";

    // The end of the year 9999, which is the last that a certificate can name (RFC 5280 §4.1.2.5).
    private static readonly long EndMsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Checks certificates and returns their names.</summary>
    public HashSet<string> Validate(ImmutableArray<Certificate> certificates)
    {
        HashSet<string> names = new(certificates.Length, StringComparer.Ordinal);
        if (!findings.RequireCount(
            certificates.Length, ConfigLimits.Certificates, Subject.Snapshot, "certificates"))
            return names;
        for (int i = 0; i < certificates.Length; i++)
        {
            if (certificates[i] is null)
                findings.Add(Subject.Snapshot, $"certificates[{i}]", Reasons.Missing, "is null; remove it");
            else
                Validate(certificates[i], SnapshotValidator.AddName(
                    findings, names, "Certificate", i, certificates[i].Name));
        }

        return names;
    }

    /// <summary>Checks authorities and returns their names.</summary>
    public HashSet<string> Validate(ImmutableArray<Authority> authorities)
    {
        HashSet<string> names = new(authorities.Length, StringComparer.Ordinal);
        if (!findings.RequireCount(
            authorities.Length, ConfigLimits.Authorities, Subject.Snapshot, "authorities"))
            return names;
        for (int i = 0; i < authorities.Length; i++)
        {
            if (authorities[i] is null)
            {
                findings.Add(Subject.Snapshot, $"authorities[{i}]", Reasons.Missing, "is null; remove it");
                continue;
            }

            Subject subject = SnapshotValidator.AddName(findings, names, "Authority", i, authorities[i].Name);
            string pem = authorities[i].Pem ?? "";
            findings.Require(
                pem.Length <= ConfigLimits.AuthorityLength, subject, "pem", Reasons.TooMany,
                $"has {pem.Length} characters; at most {ConfigLimits.AuthorityLength} are allowed");
            findings.Require(
                HasCertificate(pem), subject, "pem", Reasons.InvalidValue,
                $"holds no certificate; give it one or more in PEM (BEGIN {PemLabel})");
        }

        return names;
    }

    private void Validate(Certificate certificate, Subject subject)
    {
        findings.Require(
            IsDigest(certificate.Digest), subject, "digest", Reasons.InvalidValue,
            $"\"{certificate.Digest}\" is not a SHA-256 in 64 lower-case hex digits");
        RequireTime(certificate.NotAfterMs, subject, "notAfterMs");
        RequireTime(certificate.OcspNotAfterMs, subject, "ocspNotAfterMs");
        ImmutableArray<string> names = certificate.Names.OrEmpty();
        if (!findings.RequireCount(names.Length, ConfigLimits.NamesPerCertificate, subject, "names"))
            return;
        for (int i = 0; i < names.Length; i++)
        {
            findings.Require(
                Syntax.IsHostnamePattern(names[i]) || IpLiteral.IsCanonical(names[i]), subject,
                $"names[{i}]", Reasons.InvalidValue,
                $"\"{names[i]}\" is neither a lower-case hostname nor an IP address in its shortest form");
        }
    }

    private void RequireTime(long atMs, Subject subject, string field) => findings.Require(
        atMs >= 0 && atMs <= EndMsMax, subject, field, Reasons.InvalidValue,
        $"{atMs} is no time; use Unix milliseconds, or 0 when it is not known");

    private static bool IsDigest(string? digest) =>
        digest is { Length: ConfigLimits.DigestLength } && digest.All(char.IsAsciiHexDigitLower);

    private static bool HasCertificate(ReadOnlySpan<char> pem)
    {
        while (PemEncoding.TryFind(pem, out PemFields fields))
        {
            if (pem[fields.Label] is PemLabel)
                return true;
            pem = pem[fields.Location.End..];
        }

        return false;
    }
}
