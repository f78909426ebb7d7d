using System.Net.Http.Headers;
using k8s;
using k8s.Authentication;

namespace Serval.Control.Kubernetes.Api;

/// <summary>
/// Where the API server is and who we are there: a kubeconfig file (client certificate, token, exec plug-in),
/// or the service account of the pod that this runs in.
/// </summary>
internal sealed class ApiConnection
{
    private const string ServiceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    private readonly Func<KubernetesClientConfiguration> _configure;

    private ApiConnection(Func<KubernetesClientConfiguration> configure) => _configure = configure;

    /// <summary>
    /// The connection of a kubeconfig file, or of the pod when <paramref name="kubeconfig"/> is null.
    /// Nothing is read yet.
    /// </summary>
    public static ApiConnection Of(string? kubeconfig) => kubeconfig is null
        ? new ApiConnection(InCluster)
        : new ApiConnection(() =>
            KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig, useRelativePaths: true));

    /// <summary>The connection that a service account's folder and an address describe.</summary>
    public static ApiConnection OfServiceAccount(string host, string folder) =>
        new(() => ServiceAccount(host, folder));

    /// <summary>
    /// Reads the configuration as it is now and makes a client of it. A later call sees rotated certificates.
    /// </summary>
    /// <exception cref="Exception">The configuration cannot be read, or names no server.</exception>
    public global::k8s.Kubernetes Open()
    {
        KubernetesClientConfiguration configuration = _configure();
        configuration.FirstMessageHandlerSetup = handler =>
        {
            // Every watch is a stream; a server allows only so many on one connection.
            handler.EnableMultipleHttp2Connections = true;
            handler.ConnectTimeout = TimeSpan.FromMilliseconds(KubernetesLimits.ConnectTimeoutMs);
            handler.KeepAlivePingDelay = TimeSpan.FromMilliseconds(KubernetesLimits.PingDelayMs);
            handler.KeepAlivePingTimeout = TimeSpan.FromMilliseconds(KubernetesLimits.PingTimeoutMs);
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests;
        };
        return new global::k8s.Kubernetes(configuration);
    }

    private static KubernetesClientConfiguration InCluster()
    {
        string? host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST");
        string? port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new InvalidOperationException(
                "This is not a pod (KUBERNETES_SERVICE_HOST is not set); give --kubeconfig FILE.");
        }
        return ServiceAccount(new UriBuilder("https", host, int.Parse(
            port, System.Globalization.CultureInfo.InvariantCulture)).ToString(), ServiceAccountFolder);
    }

    private static KubernetesClientConfiguration ServiceAccount(string host, string folder) => new()
    {
        Host = host,
        SslCaCerts = PemCertificates.Read(Path.Combine(folder, "ca.crt")),
        TokenProvider = new TokenFile(Path.Combine(folder, "token")),
    };

    /// <summary>
    /// A bearer token in a file that the kubelet replaces before it expires: read for every request.
    /// </summary>
    private sealed class TokenFile(string path) : ITokenProvider
    {
        public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(
            CancellationToken cancellationToken) =>
            new("Bearer", (await File.ReadAllTextAsync(path, cancellationToken)).Trim());
    }

    private static class PemCertificates
    {
        public static System.Security.Cryptography.X509Certificates.X509Certificate2Collection Read(
            string path)
        {
            System.Security.Cryptography.X509Certificates.X509Certificate2Collection certificates = [];
            certificates.ImportFromPemFile(path);
            return certificates;
        }
    }
}
