using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;
using Xunit.Abstractions;

namespace Serval.Delivery.Tests.Images;

public sealed class ImageTests(ImageFixture image, ITestOutputHelper output) : IClassFixture<ImageFixture>
{
    // What a node pulls, and what it then has on its disk.
    private const long LayerBytesMax = 20 * 1000 * 1000;
    private const long BytesMax = 40 * 1000 * 1000;

    [ImageFact]
    public void Only_what_runs_is_in_it()
    {
        Assert.Equal(image.Wanted().Order(StringComparer.Ordinal), image.Files.Order(StringComparer.Ordinal));
        long bytes = image.Files.Select(file => new FileInfo(Path.Combine(image.Root, file)))
            .Where(file => file.LinkTarget is null).Sum(file => file.Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"));
        Assert.InRange(bytes, 1, BytesMax);
        Assert.InRange(File.ReadAllBytes(image.Layer).LongLength, 1, LayerBytesMax);
    }

    [ImageFact]
    public async Task It_starts_as_its_user_with_nothing_else_and_answers_healthz()
    {
        long start = TimeProvider.System.GetTimestamp();
        using RunningRole router = image.Start(
            "router", "--admin-port=0", "--workers=1", "--state-dir=/var/lib/serval");
        string address = await router.FindAsync(@"admin API on (\S+)");
        TimeSpan taken = TimeProvider.System.GetElapsedTime(start);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"admin API after {taken.TotalMilliseconds:F0} ms"));
        using HttpClient admin = new() { BaseAddress = new Uri(address) };
        Assert.Equal("ok\n", await admin.GetStringAsync(new Uri("/healthz", UriKind.Relative)));
        using HttpResponseMessage ready = await admin.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(503, (int)ready.StatusCode);
    }

    [ImageFact]
    public async Task The_user_is_not_root_and_owns_the_state_alone()
    {
        string listing = (await Command.RunAsync("tar", "-tvzf", image.Layer, "--numeric-owner")).Good;
        string[] lines = listing.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["./var/lib/serval/"],
            lines.Where(line => line.Contains(" 65532/65532 ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[^1]));
        // Nothing changes its user when it runs.
        Assert.All(lines, line => Assert.DoesNotContain('s', line[..10]));
        Assert.Equal("65532:65532", image.Config["config"]!["User"]!.GetValue<string>());
        Assert.Equal(
            """["/usr/bin/serval"]""", image.Config["config"]!["Entrypoint"]!.ToJsonString());
    }

    [ImageFact]
    public async Task The_layout_is_whole()
    {
        foreach (string blob in Directory.EnumerateFiles(Path.Combine(image.Layout, "blobs", "sha256")))
        {
            await using FileStream content = File.OpenRead(blob);
            Assert.Equal(
                Path.GetFileName(blob), Convert.ToHexStringLower(await SHA256.HashDataAsync(content)));
        }
        Assert.Equal(image.Arch, image.Config["architecture"]!.GetValue<string>());
        await using FileStream layer = File.OpenRead(image.Layer);
        await using GZipStream plain = new(layer, CompressionMode.Decompress);
        Assert.Equal(
            image.Config["rootfs"]!["diff_ids"]![0]!.GetValue<string>(),
            $"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(plain))}");
    }

    [ImageFact]
    public void The_bill_of_materials_names_every_package()
    {
        JsonArray components = image.BillOfMaterials["components"]!.AsArray();
        string[] names = [.. components.Select(component => component!["name"]!.GetValue<string>())];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(image.Root, "var/lib/dpkg/status.d")))
            Assert.Contains(Path.GetFileName(file), names);
        foreach (string package in new[] { "System.CommandLine", "YamlDotNet", "Google.Protobuf" })
            Assert.Contains(package, names);
        Assert.All(components, component => Assert.NotEmpty(component!["version"]!.GetValue<string>()));
    }

    [ImageFact]
    public async Task Names_are_found_by_dns_and_by_the_hosts_file_with_what_is_in_it()
    {
        string program = Repository.PathOf("tests/Serval.Delivery.Tests/Images/resolve.py");
        await File.WriteAllTextAsync(Path.Combine(image.Root, "etc/hosts"), "127.0.0.1 written.test\n");

        // Nothing listens there: what is refused was found.
        foreach (string name in new[] { "asked.test", "written.test" })
        {
            Answer answer = await Command.RunAsync(
                "unshare", "--net", "--fork", "python3", program, image.Root, "/usr/bin/serval", "ready",
                $"http://{name}:9");
            Assert.Equal(1, answer.ExitCode);
            Assert.Contains($"Connection refused ({name}:9)", answer.Errors, StringComparison.Ordinal);
        }
    }

    [ImageFact("buildah")]
    public async Task A_builder_makes_the_same_image_of_it_without_a_registry()
    {
        using BuilderStore store = new();
        string tag = "localhost/serval:test";
        Answer built = await store.RunAsync(Repository.PathOf("deploy/images/build.sh"), tag);
        Assert.Contains($"built {tag} for linux/{image.Arch}", built.Good, StringComparison.Ordinal);
        JsonNode config = JsonNode.Parse(
            (await store.RunAsync("buildah", "inspect", "--type=image", tag)).Good)!["OCIv1"]!;
        Assert.Equal(image.Arch, config["architecture"]!.GetValue<string>());
        foreach (string field in new[] { "User", "Entrypoint", "WorkingDir" })
        {
            Assert.Equal(
                image.Config["config"]![field]!.ToJsonString(), config["config"]![field]!.ToJsonString());
        }
        string container = (await store.RunAsync("buildah", "from", tag)).Good.Trim();
        string root = (await store.RunAsync("buildah", "mount", container)).Good.Trim();
        string unpacked = store.MakeFolder("unpacked");
        _ = (await Command.RunAsync("tar", "-xzpf", image.Layer, "--numeric-owner", "-C", unpacked)).Good;
        Assert.Equal(await ListAsync(unpacked), await ListAsync(root));
        Answer run = await store.RunAsync("buildah", "run", container, "/usr/bin/serval", "--version");
        Assert.StartsWith("0.", run.Good, StringComparison.Ordinal);

        // Every file with its owner, mode, size and where it leads.
        static async Task<string[]> ListAsync(string root) => [.. (await Command.RunAsync(
            "find", root, "-mindepth", "1", "-printf", "%P %U:%G %m %y %l\n")).Good
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];
    }

    [Theory]
    [InlineData("serval.Containerfile")]
    [InlineData("rootfs.Containerfile")]
    public void A_Containerfile_is_pinned_and_ends_with_nothing_but_the_image(string file)
    {
        string[] lines = Repository.Read($"deploy/images/{file}").Split('\n');
        string[] bases = [.. lines.Where(line => line.StartsWith("ARG ", StringComparison.Ordinal)
            && line.Contains("IMAGE", StringComparison.Ordinal))];
        Assert.Equal(
            bases.Length, lines.Count(line => line.StartsWith("FROM ${", StringComparison.Ordinal)));
        Assert.All(bases, line => Assert.Matches(@"^ARG \w+=\S+:\d+\.\d+\S*$", line));
        string[] last = lines[Array.IndexOf(lines, "FROM scratch")..];
        Assert.DoesNotContain(last, line => line.StartsWith("RUN", StringComparison.Ordinal));
        Assert.Contains("USER 65532:65532", last);
        Assert.Contains("ENTRYPOINT [\"/usr/bin/serval\"]", last);
    }
}
