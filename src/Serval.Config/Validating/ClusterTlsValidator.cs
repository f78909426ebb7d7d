using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks what a cluster says about TLS to its endpoints.</summary>
internal sealed class ClusterTlsValidator(
    FindingList findings, HashSet<string> certificates, HashSet<string> authorities)
{
    /// <summary>Checks it.</summary>
    public void Validate(ClusterTls tls, Subject subject)
    {
        findings.Require(
            Syntax.IsHostname(tls.Hostname), subject, "tls.hostname", Reasons.InvalidValue,
            $"\"{tls.Hostname}\" is not a lower-case hostname");
        findings.Require(
            tls.ClientCertificate is null || certificates.Contains(tls.ClientCertificate), subject,
            "tls.clientCertificate", Reasons.NotFound,
            $"there is no certificate \"{tls.ClientCertificate}\"; add it or use null");
        ValidateAuthorities(tls, subject);
        ImmutableArray<SubjectName> names = tls.SubjectNames.OrEmpty();
        if (!findings.RequireCount(
            names.Length, ConfigLimits.SubjectNamesPerCluster, subject, "tls.subjectNames"))
            return;
        for (int i = 0; i < names.Length; i++)
        {
            findings.Require(
                IsName(names[i]), subject, $"tls.subjectNames[{i}]", Reasons.InvalidValue,
                $"\"{names[i]?.Value}\" is not a name of its kind; use dns with a lower-case hostname, with "
                + "or without a leading \"*.\", or uri with an absolute URI");
        }
    }

    private void ValidateAuthorities(ClusterTls tls, Subject subject)
    {
        ImmutableArray<string> names = tls.Authorities.OrEmpty();
        findings.Require(
            tls.UsesSystemAuthorities || !names.IsEmpty, subject, "tls.authorities", Reasons.Missing,
            "certificates of endpoints need an authority to come from; name one, or use those of the system");
        if (!findings.RequireCount(
            names.Length, ConfigLimits.AuthoritiesPerValidation, subject, "tls.authorities"))
            return;
        for (int i = 0; i < names.Length; i++)
        {
            findings.Require(
                names[i] is not null && authorities.Contains(names[i]), subject, $"tls.authorities[{i}]",
                Reasons.NotFound, $"there is no authority \"{names[i]}\"; add it or remove the name");
        }
    }

    private static bool IsName(SubjectName? name) => name?.Kind switch
    {
        SubjectNameKind.Dns => Syntax.IsHostnamePattern(name.Value),
        SubjectNameKind.Uri => Syntax.IsPrintable(name.Value, ConfigLimits.ValueNameBytes)
            && Uri.IsWellFormedUriString(name.Value, UriKind.Absolute),
        _ => false,
    };
}
