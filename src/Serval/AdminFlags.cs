using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Microsoft.Extensions.Logging;
using Serval.Common;
using Serval.Common.Access;
using Serval.Common.Addressing;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary>The options that say who may use an admin API that other hosts can reach.</summary>
internal sealed class AdminFlags
{
    private readonly Option<ushort?> _port = new("--admin-port")
    {
        HelpName = "PORT",
        Description = "Port of the admin API: on every address when callers must prove who they are, "
            + "on loopback when not; instead of --admin",
    };

    private readonly Option<string?> _tokenFile = File(
        "--admin-token-file", "Bearer token of the admin API");

    private readonly Option<string?> _certificate = File(
        "--admin-tls-cert", "Certificate of the admin API with its chain, PEM; turns TLS on");

    private readonly Option<string?> _key = File(
        "--admin-tls-key", "Private key of that certificate, PEM; in the same file when absent");

    private readonly Option<string?> _clientCa = File(
        "--admin-tls-client-ca", "Authorities of client certificates that are let in, PEM");

    private readonly Option<string[]> _clients = new("--admin-allow-client")
    {
        HelpName = "NAME",
        Description = "A name of client certificates that is let in; may be repeated; every name when absent",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> _openMetrics = new("--admin-open-metrics")
    {
        Description = "Answer /metrics without credentials, as /healthz and /readyz are",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        Option[] options = [_port, _tokenFile, _certificate, _key, _clientCa, _clients, _openMetrics];
        foreach (Option option in options)
            verb.Options.Add(option);
    }

    /// <summary>Whether the command line says the port of the admin API.</summary>
    public bool NamesPort(CommandResult result) => result.GetResult(_port) is { Implicit: false };

    /// <summary>Reads the files that the options name.</summary>
    /// <exception cref="OptionException">A file cannot be used, or options contradict each other.</exception>
    public AdminOptions Read(ParseResult parsed, IPEndPoint endpoint, ILogger log)
    {
        string? tokenFile = parsed.GetValue(_tokenFile);
        AdminOptions options = new(endpoint)
        {
            Token = tokenFile is null ? null : new FileBacked<BearerToken>(
                [tokenFile], () => BearerToken.Read(tokenFile), reason => Log.NotRenewed(log, reason)),
            Tls = ReadTls(parsed, log),
            IsMetricsOpen = parsed.GetValue(_openMetrics),
        };
        if (parsed.GetValue(_port) is not { } port)
            return options;
        IPAddress address = options.AsksForCredentials ? Endpoints.Every : IPAddress.Loopback;
        return options with { Endpoint = new IPEndPoint(address, port) };
    }

    private AdminTls? ReadTls(ParseResult parsed, ILogger log)
    {
        string? clientCa = parsed.GetValue(_clientCa);
        string[] clients = parsed.GetValue(_clients)!;
        if (clientCa is null && clients.Length > 0)
            throw new OptionException("--admin-allow-client needs --admin-tls-client-ca");
        if (parsed.GetValue(_certificate) is not { } certificate)
        {
            string? needing = parsed.GetValue(_key) is not null ? "--admin-tls-key"
                : clientCa is not null ? "--admin-tls-client-ca"
                : null;
            return needing is null ? null : throw new OptionException($"{needing} needs --admin-tls-cert");
        }

        return new AdminTls(
            new ServerCertificate(certificate, parsed.GetValue(_key), reason => Log.NotRenewed(log, reason)),
            clientCa is null
                ? null
                : new ClientAuthority(clientCa, clients, reason => Log.NotRenewed(log, reason)));
    }

    private static Option<string?> File(string name, string description) =>
        new(name) { HelpName = "FILE", Description = description };
}
