using System.CommandLine;
using System.Net.Security;
using Serval.Common;
using Serval.Common.Access;

namespace Serval.CommandLine;

/// <summary>The options of verbs that ask a running router: where its admin API is, and with what.</summary>
internal sealed class AdminClientFlags
{
    private const int AnswerBytesMax = 64 * 1024 * 1024;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly Option<string?> _tokenFile = File("--admin-token-file", "Bearer token to present");

    private readonly Option<string?> _authority = File(
        "--admin-ca", "Authorities that sign the router's certificate, PEM; the system's when absent");

    private readonly Option<string?> _certificate = File(
        "--admin-cert", "Client certificate to present, PEM");

    private readonly Option<string?> _key = File(
        "--admin-key", "Private key of that certificate, PEM; in the same file when absent");

    /// <summary>Where the admin API is.</summary>
    public Option<string?> Admin { get; } = new("--admin")
    {
        HelpName = "URL",
        Description = "Admin API of a running router, such as 127.0.0.1:9901 or https://edge-1:9901",
        DefaultValueFactory = _ => Local,
    };

    /// <summary>Where a router of this machine has its admin API unless it was told otherwise.</summary>
    public const string Local = "127.0.0.1:9901";

    /// <summary>Where a gateway of this machine has it.</summary>
    public const string LocalGateway = "127.0.0.1:9902";

    /// <summary>Whether the command line says where the admin API is.</summary>
    public bool NamesAdmin(ParseResult parsed) => parsed.GetResult(Admin) is { Implicit: false };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        Option[] options = [Admin, _tokenFile, _authority, _certificate, _key];
        foreach (Option option in options)
            verb.Options.Add(option);
    }

    /// <summary>A client for that API; its answers and waits are bounded.</summary>
    /// <exception cref="OptionException">The address or a file cannot be used.</exception>
    public HttpClient Connect(ParseResult parsed) => Connect(parsed, parsed.GetValue(Admin)!);

    /// <summary>The same for another address.</summary>
    /// <exception cref="OptionException">The address or a file cannot be used.</exception>
    public HttpClient Connect(ParseResult parsed, string address)
    {
        string root = address.Contains("://", StringComparison.Ordinal) ? address
            : parsed.GetValue(_authority) is null && parsed.GetValue(_certificate) is null
                ? $"http://{address}"
                : $"https://{address}";
        if (!HttpAddress.TryRead(root.TrimEnd('/') + "/", out Uri? uri))
            throw new OptionException($"--admin {address} is not the address of an admin API");
        // A proxy of the environment is for the world outside, and would get to see the token.
        HttpClient client = new(new SocketsHttpHandler { SslOptions = ReadTls(parsed), UseProxy = false })
        {
            BaseAddress = uri,
            Timeout = AnswerTimeout,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
        if (parsed.GetValue(_tokenFile) is { } tokenFile)
        {
            client.DefaultRequestHeaders.Authorization = BearerToken.ReadHeader(tokenFile);
        }

        return client;
    }

    private SslClientAuthenticationOptions ReadTls(ParseResult parsed)
    {
        SslClientAuthenticationOptions tls = new();
        if (parsed.GetValue(_certificate) is { } certificate)
            tls.ClientCertificates = [PemFiles.ReadOwn(certificate, parsed.GetValue(_key))];
        if (parsed.GetValue(_authority) is { } authority)
            tls.CertificateChainPolicy = ServerTrust.In(PemFiles.ReadCertificates(authority));
        return tls;
    }

    private static Option<string?> File(string name, string description) =>
        new(name) { HelpName = "FILE", Description = description };
}
