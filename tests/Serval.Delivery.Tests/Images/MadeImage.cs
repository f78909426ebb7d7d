using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Images;

/// <summary>An image that deploy/images/rootfs.sh makes once, its layer unpacked as a runtime does.</summary>
public abstract class MadeImage(string rid) : IAsyncLifetime
{
    /// <summary>Exit code of packages.sh when Debian has replaced a version of the lock.</summary>
    private const int Replaced = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("serval-image-").FullName;

    /// <summary>The machine that it is for, as .NET names it.</summary>
    public string Rid => rid;

    /// <summary>The same as Debian and OCI name it.</summary>
    public string Arch => rid == "linux-arm64" ? "arm64" : "amd64";

    /// <summary>The folder of its libraries.</summary>
    public string Triplet => Arch == "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";

    /// <summary>Where its programs look for their loader.</summary>
    public string Loader => Arch == "arm64" ? "lib/ld-linux-aarch64.so.1" : "lib64/ld-linux-x86-64.so.2";

    /// <summary>The layer, unpacked.</summary>
    public string Root => Path.Combine(_folder, "root");

    public string Layout => Path.Combine(Made, "layout");

    public string Layer => Path.Combine(Made, "layer.tar.gz");

    public JsonNode Config => Blob(Blob(Read("layout/index.json")["manifests"]![0]!)["config"]!);

    public JsonNode BillOfMaterials => Read("sbom.cdx.json");

    /// <summary>Files and links of the layer, relative to its root.</summary>
    public IReadOnlyList<string> Files { get; private set; } = [];

    private string Made => Repository.PathOf($"out/image/{rid}");

    /// <summary>Why an image of this machine cannot be made here; null where it can.</summary>
    public static string? FindLack(string rid) =>
        Missing.Of(["apt-get", "dpkg-deb", "jq", "unshare", "setpriv", "chroot", "python3"])
        ?? (File.Exists(Repository.PathOf($"out/bin/{rid}/serval"))
            ? null
            : $"the program is not published for {rid}: RID={rid} make build publishes it")
        ?? (Environment.UserName == "root" ? null : "only root can start a chroot");

    public async Task InitializeAsync()
    {
        if (FindLack(rid) is not null)
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

    /// <summary>What must be in it, and nothing else.</summary>
    public IEnumerable<string> Wanted() =>
    [
        "etc/group", "etc/nsswitch.conf", "etc/os-release", "etc/passwd",
        "etc/ssl/certs/ca-certificates.crt", "usr/bin/serval", "usr/lib/ssl/cert.pem", "usr/lib/ssl/certs",
        "var/lib/dpkg/status.d/ca-certificates", "var/lib/dpkg/status.d/libc6",
        "var/lib/dpkg/status.d/libssl3", Loader,
        .. new[] { "libc.so.6", "libcrypto.so.3", "libm.so.6", "libssl.so.3", Path.GetFileName(Loader) }
            .Select(library => $"lib/{Triplet}/{library}"),
    ];

    private Task<Answer> MakeAsync(string? packages) => Command.RunAsync(
        Repository.PathOf("deploy/images/rootfs.sh"), [], input: null,
        new Dictionary<string, string?> { ["RID"] = rid, ["SERVAL_PACKAGES_LOCK"] = packages });

    private JsonNode Read(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Made, file)))!;

    private JsonNode Blob(JsonNode descriptor) => Read(
        $"layout/blobs/{descriptor["digest"]!.GetValue<string>().Replace(':', '/')}");
}
