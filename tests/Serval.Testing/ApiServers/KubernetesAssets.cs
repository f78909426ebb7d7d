namespace Serval.Testing.ApiServers;

/// <summary>
/// The folder with <c>etcd</c> and <c>kube-apiserver</c> that KUBEBUILDER_ASSETS names, by the convention of
/// envtest.
/// </summary>
internal static class KubernetesAssets
{
    /// <summary>The folder; empty where the variable is not set.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") ?? "";

    /// <summary>Why tests that need them are skipped; null where they are.</summary>
    public static string? Missing { get; } = FindMissing();

    private static string? FindMissing()
    {
        if (Folder.Length == 0)
            return "KUBEBUILDER_ASSETS is not set: it names a folder with etcd and kube-apiserver";
        foreach (string name in new[] { "etcd", "kube-apiserver" })
        {
            if (!File.Exists(Path.Combine(Folder, name)))
                return $"KUBEBUILDER_ASSETS names {Folder}, which has no {name}";
        }
        return null;
    }
}
