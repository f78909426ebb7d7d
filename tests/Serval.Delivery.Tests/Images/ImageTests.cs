using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;
using Xunit.Abstractions;

namespace Serval.Delivery.Tests.Images;

public sealed class ImageTests(ImageFixture image, ITestOutputHelper output) : IClassFixture<ImageFixture>
{
    // What a node pulls, and what it then has on its disk. The client of the Kubernetes API is 20 MB of it.
    private const long LayerBytesMax = 40 * 1000 * 1000;
    private const long BytesMax = 60 * 1000 * 1000;

    [ImageFact]
    public void Only_what_runs_is_in_it()
    {
        string triplet = ImageFixture.Arch == "amd64" ? "x86_64-linux-gnu" : "aarch64-linux-gnu";
        string loader = ImageFixture.Arch == "amd64" ? "ld-linux-x86-64.so.2" : "ld-linux-aarch64.so.1";
        string[] libraries =
        [
            "libc.so.6", "libcrypto.so.3", "libdl.so.2", "libm.so.6", "libnss_dns.so.2", "libnss_files.so.2",
            "libpthread.so.0", "libresolv.so.2", "librt.so.1", "libssl.so.3", loader,
        ];
        string[] wanted =
        [
            "etc/group", "etc/nsswitch.conf", "etc/os-release", "etc/passwd",
            "etc/ssl/certs/ca-certificates.crt", "usr/bin/serval", "usr/lib/ssl/cert.pem",
            "usr/lib/ssl/certs",
            "var/lib/dpkg/status.d/ca-certificates", "var/lib/dpkg/status.d/libc6",
            "var/lib/dpkg/status.d/libssl3",
            ImageFixture.Arch == "amd64" ? $"lib64/{loader}" : $"lib/{loader}",
            .. libraries.Select(library => $"lib/{triplet}/{library}"),
        ];
        Assert.Equal(wanted.Order(StringComparer.Ordinal), image.Files.Order(StringComparer.Ordinal));
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
        Assert.Equal(ImageFixture.Arch, image.Config["architecture"]!.GetValue<string>());
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

    [Fact]
    public void The_Containerfile_is_pinned_and_ends_with_nothing_but_the_image()
    {
        string[] lines = Repository.Read("deploy/images/serval.Containerfile").Split('\n');
        string[] bases = [.. lines.Where(line => line.StartsWith("ARG ", StringComparison.Ordinal))];
        Assert.Equal(2, bases.Length);
        Assert.All(bases, line => Assert.Matches(@"^ARG \w+=\S+:\d+\.\d+\S*$", line));
        string[] last = lines[Array.IndexOf(lines, "FROM scratch")..];
        Assert.DoesNotContain(last, line => line.StartsWith("RUN", StringComparison.Ordinal));
        Assert.Contains("USER 65532:65532", last);
    }
}
