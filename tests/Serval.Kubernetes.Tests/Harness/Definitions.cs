namespace Serval.Kubernetes.Tests.Harness;

/// <summary>
/// The CustomResourceDefinitions of the Gateway API: the real ones where a folder shared/gateway-api lies
/// beside the repository, else minimal ones of these tests that accept any specification.
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
            string path = Path.Combine(folder, $"gateway.networking.k8s.io_{plural}.yaml");
            string name = $"{plural}.gateway.networking.k8s.io";
            string at = $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}";
            await server.SendAsync(
                HttpMethod.Patch, $"{at}?fieldManager=test&force=true", await File.ReadAllTextAsync(path),
                "application/apply-patch+yaml");
        }
        foreach (string plural in Plurals)
        {
            await Deadline.UntilAsync(
                async () => (await server.TrySendAsync(
                    HttpMethod.Get, $"/apis/gateway.networking.k8s.io/v1/{plural}")).Status,
                status => status == System.Net.HttpStatusCode.OK);
        }
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
