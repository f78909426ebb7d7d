using System.CommandLine;
using System.Net.Security;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Serval.CommandLine.Printing;
using Serval.Common;
using Serval.Common.Access;

namespace Serval.CommandLine.Vpp;

/// <summary>Options that every <c>serval vpp</c> verb has: where the bridge is, who asks, how to
/// print.</summary>
internal sealed class ServerFlags
{
    private const string ServerVariable = "SERVAL_VPP_SERVER";
    private const string UnixPrefix = "unix:";
    private const int TimeoutMostMs = 3_600_000;
    private static readonly TimeSpan ConnectMost = TimeSpan.FromSeconds(5);
    private const int MessageBytesMax = 64 * 1024 * 1024;

    private readonly Option<string> _server = new("--server")
    {
        HelpName = "HOST:PORT|unix:PATH",
        Description = $"Where the bridge serves gRPC; the variable {ServerVariable} comes before the default",
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable(ServerVariable) is { Length: > 0 } named
                ? named : "unix:/run/serval/vpp.sock",
    };

    private readonly Option<string?> _authority = File("--tls-ca", "Authorities of the bridge, PEM; TLS");
    private readonly Option<string?> _certificate = File("--tls-cert", "Own certificate chain, PEM");
    private readonly Option<string?> _key = File("--tls-key", "Its private key, PEM");
    private readonly Option<string?> _token = File("--token-file", "Bearer token of the calls");

    private readonly Option<Duration> _timeout = DurationOption.Create(
        "--timeout", "How long a call may take; what is watched has no end", new Duration(30_000),
        most: TimeoutMostMs);

    private readonly OutputFlag _format = new("--format");

    /// <summary>Adds the options to a verb and all below it.</summary>
    public void AddTo(Command verb)
    {
        foreach (Option option in (Option[])
            [_server, _authority, _certificate, _key, _token, _timeout, _format.Option])
        {
            option.Recursive = true;
            verb.Options.Add(option);
        }
    }

    /// <summary>How to print.</summary>
    public VppPrinter Printer(ParseResult parsed) => new(_format.Format(parsed), Console.Out);

    /// <summary>Prepares calls; connects with the first.</summary>
    /// <exception cref="OptionException">The options make no sense.</exception>
    public VppClient Connect(ParseResult parsed)
    {
        string server = parsed.GetValue(_server)!;
        string? unix = server.StartsWith(UnixPrefix, StringComparison.Ordinal)
            ? server[UnixPrefix.Length..] : null;
        SslClientAuthenticationOptions? tls = ReadTls(parsed);
        Uri address = unix is not null ? new Uri("http://localhost") : ReadAddress(server, tls is not null);
        if (unix is not null && tls is not null)
            throw new OptionException("--tls-ca goes with HOST:PORT; a unix socket has no TLS");
        TimeSpan timeout = TimeSpan.FromMilliseconds(parsed.GetValue(_timeout).Milliseconds);
        Metadata metadata = ReadToken(parsed, tls is not null || unix is not null || address.IsLoopback);
        SocketsHttpHandler http = new()
        {
            UseProxy = false,
            ConnectTimeout = timeout < ConnectMost ? timeout : ConnectMost,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        };
        if (tls is not null)
            http.SslOptions = tls;
        if (unix is not null)
            http.ConnectCallback = (_, cancel) => ConnectUnixAsync(unix, cancel);
        GrpcChannel channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = http,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageBytesMax,
            MaxSendMessageSize = MessageBytesMax,
            // Nothing packed is taken: the library would unpack it without a bound.
            CompressionProviders = [],
        });
        return new VppClient(channel, server, metadata, timeout);
    }

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException) when (!Path.Exists(path))
        {
            // The library calls a path that is not there an address that cannot be assigned.
            socket.Dispose();
            throw new IOException($"there is no socket {path}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Uri ReadAddress(string server, bool isTls)
    {
        // A path, a user or a port that is not written out would be taken for something else.
        if (Uri.TryCreate($"{(isTls ? "https" : "http")}://{server}", UriKind.Absolute, out Uri? address)
            && address.PathAndQuery == "/" && address.UserInfo.Length == 0 && address.Fragment.Length == 0
            && !server.EndsWith('/')
            && ushort.TryParse(server.AsSpan(server.LastIndexOf(':') + 1), out ushort port)
            && port == address.Port && port != 0)
            return address;
        throw new OptionException($"--server {server} is not HOST:PORT, [V6ADDRESS]:PORT or unix:/PATH");
    }

    private SslClientAuthenticationOptions? ReadTls(ParseResult parsed)
    {
        string? authority = parsed.GetValue(_authority);
        string? certificate = parsed.GetValue(_certificate);
        string? key = parsed.GetValue(_key);
        if (authority is null && (certificate ?? key) is not null)
            throw new OptionException("--tls-cert and --tls-key need --tls-ca: who is asked must be proven");
        if (key is not null && certificate is null)
            throw new OptionException("--tls-key needs --tls-cert");
        if (authority is null)
            return null;
        SslClientAuthenticationOptions tls = new()
        {
            CertificateChainPolicy = ServerTrust.In(PemFiles.ReadCertificates(authority)),
        };
        if (certificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(
                PemFiles.ReadOwn(certificate, key), PemFiles.ReadCertificates(certificate), offline: true);
        }
        return tls;
    }

    private Metadata ReadToken(ParseResult parsed, bool isPrivate)
    {
        Metadata metadata = [];
        if (parsed.GetValue(_token) is not { } path)
            return metadata;
        if (!isPrivate)
            throw new OptionException("--token-file needs --tls-ca: the token would travel readable");
        metadata.Add("authorization", BearerToken.ReadHeader(path).ToString());
        return metadata;
    }

    private static Option<string?> File(string name, string description) =>
        new(name) { HelpName = "FILE", Description = description };
}
