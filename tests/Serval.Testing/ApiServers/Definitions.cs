namespace Serval.Testing.ApiServers;

/// <summary>
/// The CustomResourceDefinitions of the Gateway API: the real ones where a folder shared/gateway-api lies
/// beside the repository, else minimal ones of these tests that accept any specification. Serval's own is the
/// chart's.
/// </summary>
internal static class Definitions
{
    private static readonly string[] Plurals =
    [
        "gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants", "listenersets",
        "tlsroutes", "backendtlspolicies",
    ];

    /// <summary>True where the real ones are: only they refuse what is invalid.</summary>
    public static bool AreReal => RealFolder is not null;

    private static string? RealFolder { get; } = FindReal();

    public static async Task ApplyAsync(ApiServer server)
    {
        string folder = RealFolder ?? Path.Combine(AppContext.BaseDirectory, "Definitions");
        foreach (string plural in Plurals)
        {
            await ApplyAsync(
                server, Path.Combine(folder, $"gateway.networking.k8s.io_{plural}.yaml"),
                $"{plural}.gateway.networking.k8s.io");
        }
        await ApplyAsync(
            server, Path.Combine(AppContext.BaseDirectory, "Definitions/serval.dev_listenerpolicies.yaml"),
            "listenerpolicies.serval.dev");
        await Deadline.UntilAsync(
            async () => (await server.TrySendAsync(
                HttpMethod.Get, "/apis/serval.dev/v1alpha1/listenerpolicies")).Status,
            status => status == System.Net.HttpStatusCode.OK);
        foreach (string plural in Plurals)
        {
            await Deadline.UntilAsync(
                async () => (await server.TrySendAsync(
                    HttpMethod.Get, $"/apis/gateway.networking.k8s.io/v1/{plural}")).Status,
                status => status == System.Net.HttpStatusCode.OK);
        }
    }

    private static async Task ApplyAsync(ApiServer server, string path, string name)
    {
        string at = $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}";
        await server.SendAsync(
            HttpMethod.Patch, $"{at}?fieldManager=test&force=true", await File.ReadAllTextAsync(path),
            "application/apply-patch+yaml");
    }

    private static string? FindReal()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "shared", "gateway-api", "standard");
            if (Directory.Exists(folder))
                return folder;
        }
        return null;
    }
}
