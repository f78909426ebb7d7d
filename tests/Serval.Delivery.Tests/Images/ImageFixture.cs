using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>
/// The image of this machine's architecture, made once, and its layer unpacked as a runtime does.
/// </summary>
public sealed class ImageFixture : IAsyncLifetime
{
    /// <summary>Exit code of packages.sh when Debian has replaced a version of the lock.</summary>
    private const int Replaced = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("serval-image-").FullName;

    public static string Arch => RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";

    /// <summary>Why the tests are skipped; null where the image can be made.</summary>
    public static string? Missing => Harness.Missing.Of(["apt-get", "dpkg-deb", "jq", "unshare", "setpriv"])
        ?? (File.Exists(Path.Combine(Built, "serval")) ? null : "the program is not published by make build")
        ?? (Environment.UserName == "root" ? null : "only root can start a chroot");

    /// <summary>The layer, unpacked.</summary>
    public string Root => Path.Combine(_folder, "root");

    public string Layout => Path.Combine(Made, "layout");

    public string Layer => Path.Combine(Made, "layer.tar.gz");

    public JsonNode Config => Blob(Blob(Read("layout/index.json")["manifests"]![0]!)["config"]!);

    public JsonNode BillOfMaterials => Read("sbom.cdx.json");

    /// <summary>Files and links of the layer, relative to its root.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    private static string Rid => Arch == "arm64" ? "linux-arm64" : "linux-x64";

    private static string Built => Repository.PathOf($"out/bin/{Rid}");

    private static string Made => Repository.PathOf($"out/image/{Rid}");

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        Answer answer = await MakeAsync(packages: null);
        if (answer.ExitCode == Replaced)
        {
            // A security update of Debian must not fail these tests: the image's own build says so.
            string packages = Path.Combine(_folder, "packages.lock");
            _ = (await Command.RunAsync(
                Repository.PathOf("deploy/images/packages.sh"), "lock", packages)).Good;
            answer = await MakeAsync(packages);
        }
        _ = answer.Good;
        Directory.CreateDirectory(Root);
        _ = (await Command.RunAsync("tar", "-xzpf", Layer, "--numeric-owner", "-C", Root)).Good;
        Files = [.. (await Command.RunAsync("tar", "-tzf", Layer)).Good
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(name => !name.EndsWith('/')).Select(name => name["./".Length..])];
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Starts the program in the root file system alone: as its user, without a right, with a /proc and
    /// processes of its own.
    /// </summary>
    internal RunningRole Start(params string[] arguments) => RunningRole.Start("unshare",
    [
        "--mount", "--pid", "--fork", "--kill-child", $"--mount-proc={Path.Combine(Root, "proc")}",
        "setpriv", "--no-new-privs", "chroot", "--userspec=65532:65532", Root, "/usr/bin/serval",
        .. arguments,
    ]);

    private static Task<Answer> MakeAsync(string? packages) => Command.RunAsync(
        Repository.PathOf("deploy/images/rootfs.sh"), [], input: null,
        new Dictionary<string, string?> { ["RID"] = Rid, ["SERVAL_PACKAGES_LOCK"] = packages });

    private static JsonNode Read(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Made, file)))!;

    private static JsonNode Blob(JsonNode descriptor) => Read(
        $"layout/blobs/{descriptor["digest"]!.GetValue<string>().Replace(':', '/')}");
}
