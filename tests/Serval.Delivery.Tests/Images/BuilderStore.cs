using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>
/// A store of its own for buildah, in a folder: no daemon, no network, nothing left behind.
/// </summary>
internal sealed class BuilderStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-builder-").FullName;

    public BuilderStore()
    {
        File.WriteAllText(Settings, $"""
            [storage]
            driver = "vfs"
            runroot = "{_folder}/run"
            graphroot = "{_folder}/graph"
            """);
    }

    private string Settings => Path.Combine(_folder, "storage.conf");

    /// <summary>A new folder that goes with the store.</summary>
    public string MakeFolder(string name) =>
        Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    /// <summary>Runs buildah, or a script that does, before this store.</summary>
    public Task<Answer> RunAsync(string program, params string[] arguments) => Command.RunAsync(
        program, arguments, input: null, new Dictionary<string, string?>
        {
            ["CONTAINERS_STORAGE_CONF"] = Settings,
            ["BUILDAH_ISOLATION"] = "chroot",
        });

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
