using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks what a listener says about TLS.</summary>
internal sealed class ListenerTlsValidator(
    FindingList findings, HashSet<string> certificates, HashSet<string> authorities)
{
    /// <summary>Checks that TLS is there where the protocol needs it, and what it says.</summary>
    public void Validate(Listener listener, Subject subject)
    {
        if (listener.Protocol == ListenerProtocol.Http)
        {
            findings.Require(
                listener.Tls is null, subject, "tls", Reasons.Conflict,
                "a listener of protocol http speaks no TLS; use https or tls, or remove it");
            return;
        }

        if (listener.Tls is not { } tls)
        {
            findings.Add(
                subject, "tls", Reasons.Missing, $"a listener of protocol {Name(listener)} needs it; add it");
            return;
        }

        findings.Require(
            tls.MinVersion is TlsVersion.Tls12 or TlsVersion.Tls13, subject, "tls.minVersion",
            Reasons.InvalidValue, $"{tls.MinVersion} is not known; use tls12 or tls13");
        switch (tls.Mode)
        {
            case TlsMode.Terminate:
                ValidateCertificates(tls.Certificates.OrEmpty(), subject);
                if (tls.ClientValidation is { } validation)
                    Validate(validation, subject);
                break;
            case TlsMode.Passthrough:
                ValidatePassthrough(listener, tls, subject);
                break;
            default:
                findings.Add(
                    subject, "tls.mode", Reasons.InvalidValue,
                    $"{tls.Mode} is not known; use terminate or passthrough");
                break;
        }
    }

    private static string Name(Listener listener) =>
        listener.Protocol == ListenerProtocol.Https ? "https" : "tls";

    private void ValidatePassthrough(Listener listener, ListenerTls tls, Subject subject)
    {
        findings.Require(
            listener.Protocol == ListenerProtocol.Tls, subject, "tls.mode", Reasons.Conflict,
            "HTTPS cannot be passed through unread; use terminate, or protocol tls");
        findings.Require(
            tls.Certificates.IsDefaultOrEmpty, subject, "tls.certificates", Reasons.Conflict,
            "TLS that is passed through ends at the upstream; remove the certificates or use terminate");
        findings.Require(
            tls.ClientValidation is null, subject, "tls.clientValidation", Reasons.Conflict,
            "TLS that is passed through ends at the upstream; remove it or use terminate");
    }

    private void ValidateCertificates(ImmutableArray<string> names, Subject subject)
    {
        findings.Require(
            !names.IsEmpty, subject, "tls.certificates", Reasons.Missing,
            "a listener that terminates TLS needs a certificate; name one");
        if (!findings.RequireCount(
            names.Length, ConfigLimits.CertificatesPerListener, subject, "tls.certificates"))
            return;
        for (int i = 0; i < names.Length; i++)
        {
            findings.Require(
                names[i] is not null && certificates.Contains(names[i]), subject, $"tls.certificates[{i}]",
                Reasons.NotFound, $"there is no certificate \"{names[i]}\"; add it or remove the name");
        }
    }

    private void Validate(ClientValidation validation, Subject subject)
    {
        const string Field = "tls.clientValidation";
        findings.Require(
            validation.Mode is ClientValidationMode.AllowValidOnly
                or ClientValidationMode.AllowInsecureFallback,
            subject, $"{Field}.mode", Reasons.InvalidValue,
            $"{validation.Mode} is not known; use allowValidOnly or allowInsecureFallback");
        ImmutableArray<string> names = validation.Authorities.OrEmpty();
        findings.Require(
            !names.IsEmpty, subject, $"{Field}.authorities", Reasons.Missing,
            "client certificates need an authority to come from; name one");
        if (findings.RequireCount(
            names.Length, ConfigLimits.AuthoritiesPerValidation, subject, $"{Field}.authorities"))
        {
            for (int i = 0; i < names.Length; i++)
            {
                findings.Require(
                    names[i] is not null && authorities.Contains(names[i]), subject,
                    $"{Field}.authorities[{i}]", Reasons.NotFound,
                    $"there is no authority \"{names[i]}\"; add it or remove the name");
            }
        }

        HashSet<string> headers = new(StringComparer.OrdinalIgnoreCase);
        RequireHeader(validation.SubjectHeader, headers, subject, $"{Field}.subjectHeader");
        RequireHeader(validation.NamesHeader, headers, subject, $"{Field}.namesHeader");
        RequireHeader(validation.FingerprintHeader, headers, subject, $"{Field}.fingerprintHeader");
    }

    private void RequireHeader(string? name, HashSet<string> headers, Subject subject, string field)
    {
        if (name is null)
            return;
        findings.Require(
            Syntax.IsToken(name, ConfigLimits.ValueNameBytes) && !HeaderNames.IsProtected(name), subject,
            field, Reasons.InvalidValue, $"\"{name}\" is not the name of a header that Serval may set");
        findings.Require(
            headers.Add(name), subject, field, Reasons.Duplicate,
            $"\"{name}\" carries something else already; use another name");
    }
}
