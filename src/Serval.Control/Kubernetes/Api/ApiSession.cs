using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Authentication;
using Serval.Common;
using Serval.Common.Access;

namespace Serval.Control.Kubernetes.Api;

/// <summary>
/// An HttpClient for the API server that one reading of a configuration describes, and who we are there. Not
/// the client of the package: its constructor keeps every typed operation and model of the Kubernetes API in
/// the program, 20 MB of machine code that Serval never calls. Thread: any. Bounds: <see
/// cref="KubernetesLimits"/>.
/// </summary>
internal sealed class ApiSession : IDisposable
{
    private readonly HttpClient _http;
    private readonly ServiceClientCredentials? _credentials;

    /// <summary>Makes the client. Nothing is sent yet.</summary>
    /// <exception cref="Exception">The client certificate cannot be read.</exception>
    public ApiSession(KubernetesClientConfiguration configuration)
    {
        Address = new Uri(configuration.Host);
        _credentials = global::k8s.Kubernetes.CreateCredentials(configuration);
        _http = new HttpClient(CreateHandler(configuration)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>The address of the API server. It may have a path: that of a proxy.</summary>
    public Uri Address { get; }

    /// <summary>Sends a request with our credentials; returns when the head of the answer is there.</summary>
    /// <exception cref="HttpRequestException">There was no answer, or our token cannot be read.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            if (_credentials is not null)
                await _credentials.ProcessHttpRequestAsync(request, stop);
        }
        catch (OptionException fault)
        {
            // A file that is being replaced: the request can be tried again.
            throw new HttpRequestException(fault.Message, fault);
        }
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(KubernetesClientConfiguration configuration)
    {
        SocketsHttpHandler handler = new()
        {
            // Every watch is a stream; a server allows only so many on one connection.
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = TimeSpan.FromMilliseconds(KubernetesLimits.ConnectTimeoutMs),
            KeepAlivePingDelay = TimeSpan.FromMilliseconds(KubernetesLimits.PingDelayMs),
            KeepAlivePingTimeout = TimeSpan.FromMilliseconds(KubernetesLimits.PingTimeoutMs),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        X509Certificate2Collection? authorities =
            configuration.SslCaCerts is { Count: > 0 } given ? given : null;
        string? name = string.IsNullOrEmpty(configuration.TlsServerName) ? null : configuration.TlsServerName;
        handler.SslOptions.TargetHost = name;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            configuration.SkipTlsVerify
            || ServerTrust.Accepts(authorities, name, certificate, chain, errors);
        if (Pem(configuration.ClientCertificateFilePath, configuration.ClientCertificateData) is { } own
            && Pem(configuration.ClientKeyFilePath, configuration.ClientCertificateKeyData) is { } key)
            handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPem(own, key)];
        return handler;
    }

    // A kubeconfig names a file, or holds the same text as base64; what plug-ins answer is put there too.
    private static string? Pem(string? file, string? data) =>
        !string.IsNullOrWhiteSpace(file) ? File.ReadAllText(file)
        : !string.IsNullOrWhiteSpace(data) ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
        : null;
}
