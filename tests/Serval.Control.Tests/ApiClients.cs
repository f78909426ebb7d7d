using Serval.Control.Kubernetes.Api;

namespace Serval.Control.Tests;

/// <summary>Clients of an API server that a test plays.</summary>
internal static class ApiClients
{
    /// <summary>One whose kubeconfig lies in a folder of the test.</summary>
    public static ApiClient Of(Uri server, TempFolder folder)
    {
        folder.Write("kubeconfig", $$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "{{server}}"} }]
            contexts: [{name: test, context: {cluster: test, user: test} }]
            users: [{name: test, user: {token: secret} }]
            """);
        return new ApiClient(ApiConnection.Of(folder.PathOf("kubeconfig")), TimeProvider.System);
    }
}
