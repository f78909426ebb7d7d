using System.CommandLine;
using System.CommandLine.Parsing;
using Serval.Control.Acme;

namespace Serval.CommandLine;

/// <summary>The options of certificates that an authority issues by ACME.</summary>
internal sealed class AcmeFlags
{
    private readonly Option<string?> _email = new("--acme-email")
    {
        HelpName = "ADDRESS",
        Description = "Get certificates by ACME for HTTPS listeners whose Secret no file holds, and renew "
            + "them; the authority writes to this address. You agree to its terms. Needs --state-dir",
    };

    private readonly Option<string> _directory = new("--acme-directory")
    {
        HelpName = "URL",
        Description = "Directory of the authority",
        DefaultValueFactory = _ => AcmeOptions.LetsEncrypt,
    };

    private readonly Option<string?> _authority = new("--acme-ca")
    {
        HelpName = "FILE",
        Description = "Authorities that sign the directory's own certificate, PEM; the system's when absent",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Options.Add(_email);
        verb.Options.Add(_directory);
        verb.Options.Add(_authority);
    }

    /// <summary>Why the options do not go together; null when they do.</summary>
    public string? FindFault(CommandResult result, string? stateDirectory, bool isSelfSigned)
    {
        string? email = result.GetValue(_email);
        if (email is null)
            return null;
        if (!email.Contains('@', StringComparison.Ordinal))
            return $"--acme-email {email} is not an email address, such as name@example.com.";
        if (stateDirectory is null)
            return "--acme-email needs --state-dir, where certificates and their keys are kept.";
        if (isSelfSigned)
            return "Give --acme-email or --self-signed, not both.";
        return Uri.TryCreate(result.GetValue(_directory), UriKind.Absolute, out Uri? url)
            && url.Scheme == Uri.UriSchemeHttps
            ? null
            : $"--acme-directory {result.GetValue(_directory)} is not an https URL.";
    }

    /// <summary>The options; null without an address.</summary>
    public AcmeOptions? Read(ParseResult parsed, string? stateDirectory) =>
        parsed.GetValue(_email) is { } email && stateDirectory is not null
            ? new AcmeOptions
            {
                Email = email,
                Directory = new Uri(parsed.GetValue(_directory)!),
                AuthorityFile = parsed.GetValue(_authority),
                StateDirectory = stateDirectory,
            }
            : null;
}
