namespace Serval.VppBridge.Tests.Api;

/// <summary>Finds the folder "shared" that may lie beside the repository: definitions and recordings of VPP
/// that are not part of it.</summary>
internal static class SharedFiles
{
    /// <summary>The folder of VPP's definitions and recordings; null where there is none.</summary>
    public static string? Folder { get; } = Find();

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "shared", "vpp");
            if (Directory.Exists(Path.Combine(folder, "api-json")))
                return folder;
        }

        return null;
    }
}
