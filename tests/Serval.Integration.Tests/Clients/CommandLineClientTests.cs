using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Clients;

/// <summary>curl and wget.</summary>
public sealed class CommandLineClientTests : IDisposable
{
    private const string Time = "Mon, 01 Jan 2001 00:00:00 GMT";
    private readonly Folder _folder = new();

    [ClientFact("curl", "nginx")]
    public async Task Curl_and_nginx() => await CurlAsync(await Servers.NginxAsync());

    [ClientFact("curl", "apache2")]
    public async Task Curl_and_Apache() => await CurlAsync(await Servers.ApacheAsync());

    [ClientFact("curl", "gunicorn")]
    public async Task Curl_and_gunicorn() => await CurlAsync(await Servers.GunicornAsync());

    [ClientFact("curl", "node")]
    public async Task Curl_and_node() => await CurlAsync(await Servers.NodeAsync());

    [ClientFact("curl")]
    public async Task Curl_and_Kestrel() => await CurlAsync(await KestrelUpstream.StartAsync());

    // docs/clients.md lists these two.
    [ClientFact("curl", "gunicorn")]
    public async Task Dot_segments_are_removed_and_old_clients_get_the_version_of_the_router()
    {
        await using ServerProcess upstream = await Servers.GunicornAsync();
        await Comparison.ShowAsync(upstream, async (direct, through) =>
        {
            const string path = "/x/%2e%2E/small.txt";
            Assert.StartsWith("HTTP/1.1 404 ", await GetAsync(direct + path), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 200 ", await GetAsync(through + path), StringComparison.Ordinal);
            const string old = "/small.txt";
            Assert.StartsWith("HTTP/1.0 ", await GetAsync(direct + old, "-0"), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 ", await GetAsync(through + old, "-0"), StringComparison.Ordinal);
        });
    }

    [ClientFact("wget", "nginx")]
    public async Task Wget_and_nginx() => await WgetAsync(await Servers.NginxAsync(), "/list/");

    [ClientFact("wget", "apache2")]
    public async Task Wget_and_Apache() => await WgetAsync(await Servers.ApacheAsync(), "/");

    public void Dispose() => _folder.Dispose();

    private static async Task<string> GetAsync(string url, params string[] options) =>
        (await ClientTools.RunAsync("curl", ["-sS", "-i", "--path-as-is", .. options, url])).Good();

    private async Task CurlAsync(IUpstream upstream)
    {
        await using (upstream)
            await Comparison.CheckAsync(upstream, CurlStepsAsync);
    }

    private async Task<string> CurlStepsAsync(string url)
    {
        string upload = Path.Combine(_folder.Root, "upload");
        await File.WriteAllBytesAsync(upload, new byte[5_000_000]);
        string[] quiet = ["-o", "/dev/null", "-D", "-", "-w", "%{size_download} %{num_connects}\\n"];
        string[][] steps =
        [
            ["-i", $"{url}/small.txt"],
            ["-I", $"{url}/small.txt"],
            ["-i", "-r", "0-2", $"{url}/small.txt"],
            ["-i", "--compressed", $"{url}/small.txt"],
            ["-i", "--http1.0", $"{url}/small.txt"],
            ["-i", "-H", "If-None-Match: \"v1\"", $"{url}/small.txt"],
            ["-i", "-H", $"If-Modified-Since: {Time}", $"{url}/small.txt"],
            ["-i", "-L", $"{url}/redirect"],
            ["-i", "--path-as-is", $"{url}/a%20b%252f%3bc.txt"],
            ["-i", "--path-as-is", $"{url}//small.txt?a=%2F;b&c"],
            ["-i", $"{url}/missing"],
            ["-i", "-X", "OPTIONS", $"{url}/small.txt"],
            ["-i", "-X", "DELETE", $"{url}/item"],
            ["-i", "-d", "a=b", $"{url}/upload"],
            ["-o", "/dev/null", "-w", "%{http_code}", "-F", "a=b", $"{url}/upload"],
            ["-i", $"{url}/cookies"],
            [$"{url}/headers?q=%41", "-H", "X-A: 1", "-H", "X-a: 2", "-H", "X-Empty;"],
            [.. quiet, $"{url}/large.bin", .. quiet, $"{url}/small.txt"],
            [.. quiet, $"{url}/chunked"],
            [.. quiet, "-T", upload, $"{url}/upload"],
            [.. quiet, "-T", upload, "-H", "Expect:", $"{url}/upload"],
            [.. quiet, "-T", upload, "-H", "Transfer-Encoding: chunked", $"{url}/upload"],
            ["-o", "/dev/null", "-w", "%{http_code}\\n", "-T", upload, $"{url}/early",
                "--next", "-sS", "-i", $"{url}/small.txt"],
        ];
        StringBuilder seen = new();
        foreach (string[] step in steps)
        {
            ClientRun run = await ClientTools.RunAsync("curl", ["-sS", "--max-time", "60", .. step]);
            string what = string.Join(' ', step);
            seen.Append(CultureInfo.InvariantCulture, $"{what}: {run.ExitCode}\n{run.Output}\n");
        }

        return seen.Replace(url, "URL").ToString();
    }

    private async Task WgetAsync(IUpstream upstream, string list)
    {
        await using (upstream)
            await Comparison.CheckAsync(upstream, url => WgetStepsAsync(url, list));
    }

    private static async Task<string> WgetStepsAsync(string url, string list)
    {
        using Folder folder = new();
        StringBuilder seen = new();
        // The first bytes are there already: it asks for the rest.
        await File.WriteAllBytesAsync(Path.Combine(folder.Root, "large.bin"), [0, 1, 2, 3]);
        string[][] steps =
        [
            ["-q", "-O", "-", $"{url}/small.txt"],
            ["-q", "-S", "--spider", $"{url}/small.txt"],
            ["-q", "-c", $"{url}/large.bin"],
            ["-q", "-N", $"{url}/small.txt"],
            ["-q", "-N", $"{url}/small.txt"],
            ["-q", "-O", "-", $"{url}/missing"],
            ["-q", "-O", "-", "--post-data=a=b", $"{url}/early"],
            ["-q", "-r", "-np", "-nH", "-P", "mirror", $"{url}{list}"],
        ];
        foreach (string[] step in steps)
        {
            ClientRun run = await ClientTools.RunInAsync(folder.Root, [], "wget", step);
            string what = string.Join(' ', step);
            seen.Append(CultureInfo.InvariantCulture, $"{what}: {run.ExitCode}\n{run.Output}\n");
            // Its list of headers is indented.
            foreach (string line in run.Errors.Split('\n'))
                seen.Append(line.TrimStart()).Append('\n');
        }

        foreach (string file in Directory.GetFiles(folder.Root, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            string hash = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file)));
            seen.Append(CultureInfo.InvariantCulture, $"{Path.GetRelativePath(folder.Root, file)} {hash}\n");
        }

        return seen.Replace(url, "URL").ToString();
    }
}
