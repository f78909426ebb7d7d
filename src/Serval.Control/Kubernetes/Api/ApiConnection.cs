using System.Net.Http.Headers;
using Serval.Common.Access;
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
    public ApiSession Open() => new(_configure());

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
        SslCaCerts = PemFiles.ReadCertificates(Path.Combine(folder, "ca.crt")),
        TokenProvider = new TokenFile(Path.Combine(folder, "token")),
    };

    /// <summary>
    /// A bearer token in a file that the kubelet replaces before it expires: read for every request.
    /// </summary>
    private sealed class TokenFile(string path) : ITokenProvider
    {
        public Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(
            CancellationToken cancellationToken) => Task.FromResult(BearerToken.ReadHeader(path));
    }
}
