using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Clients;

/// <summary>Programs that fetch from repositories, and send to them: git, apt, npm.</summary>
public sealed class RepositoryClientTests
{
    private static readonly Dictionary<string, string> GitVariables = new()
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_SYSTEM"] = "/dev/null",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_AUTHOR_NAME"] = "a",
        ["GIT_AUTHOR_EMAIL"] = "a@a.test",
        ["GIT_COMMITTER_NAME"] = "a",
        ["GIT_COMMITTER_EMAIL"] = "a@a.test",
        ["GIT_AUTHOR_DATE"] = "2001-01-01T00:00:00Z",
        ["GIT_COMMITTER_DATE"] = "2001-01-01T00:00:00Z",
        ["LC_ALL"] = "C",
    };

    [ClientFact("git", "git-http-backend", "apache2")]
    public async Task Git_pushes_and_clones_through_Apache()
    {
        await using ServerProcess apache = await Servers.ApacheAsync(folder => MakeRepository(folder, "git"));
        await Comparison.CheckAsync(apache, async url =>
        {
            // Each time from the beginning.
            Directory.Delete(Path.Combine(apache.Folder, "git"), recursive: true);
            MakeRepository(apache.Folder, "git");
            return await GitAsync($"{url}/git/r.git");
        });
    }

    [ClientFact("git", "nginx")]
    public async Task Git_clones_files_from_nginx()
    {
        await using ServerProcess nginx = await Servers.NginxAsync(folder => MakeRepository(folder, "files"));
        await Comparison.CheckAsync(nginx, async url =>
        {
            using Folder folder = new();
            ClientRun run = await ClientTools.RunInAsync(
                folder.Root, GitVariables, "git", "clone", "-q", $"{url}/r.git", "copy");
            ClientRun log = await ClientTools.RunInAsync(
                folder.Root, GitVariables, "git", "-C", "copy", "log", "--format=%H");
            return $"{run.ExitCode} {log.Good()}";
        });
    }

    [ClientFact("apt-get", "dpkg-deb", "nginx")]
    public async Task Apt_reads_a_flat_repository()
    {
        await using ServerProcess nginx = await Servers.NginxAsync(MakePackages);
        await Comparison.CheckAsync(nginx, AptAsync);
    }

    [ClientFact("npm", "node", "verdaccio")]
    public async Task Npm_publishes_and_installs_a_package_with_a_scope()
    {
        await using ServerProcess registry = await Servers.VerdaccioAsync();
        int version = 0;
        await Comparison.CheckAsync(registry, url => NpmAsync(url, ++version));
    }

    private static async Task<string> GitAsync(string url)
    {
        using Folder folder = new();
        StringBuilder seen = new();
        async Task StepAsync(params string[] arguments)
        {
            ClientRun run = await ClientTools.RunInAsync(folder.Root, GitVariables, "git", arguments);
            seen.Append(CultureInfo.InvariantCulture, $"{arguments[0]} {run.ExitCode}\n{run.Output}\n");
        }

        await StepAsync("clone", "-q", url, "one");
        byte[] large = new byte[5_000_000];
        new Random(1).NextBytes(large);
        await File.WriteAllBytesAsync(Path.Combine(folder.Root, "one", "large"), large);
        await StepAsync("-C", "one", "add", "large");
        await StepAsync("-C", "one", "commit", "-q", "-m", "large");
        // Larger than http.postBuffer: sent in chunks behind a small request.
        await StepAsync("-C", "one", "push", "-q");
        await StepAsync("ls-remote", url);
        await StepAsync("clone", "-q", "--depth", "1", url, "two");
        await StepAsync("-C", "two", "log", "--format=%H");
        await StepAsync("-C", "two", "fetch", "-q", "--unshallow");
        await StepAsync("-C", "two", "log", "--format=%H");
        await StepAsync("-C", "two", "push", "-q", "origin", "HEAD:refs/heads/feature/a+b");
        await StepAsync("ls-remote", url);
        await StepAsync("clone", "-q", url + "-missing", "three");
        return seen.Replace(url, "URL").ToString();
    }

    // A bare repository with one commit, open to Apache's user.
    private static void MakeRepository(string folder, string under)
    {
        string path = Directory.CreateDirectory(Path.Combine(folder, under, "r.git")).FullName;
        Run(path, "sh", "-c", """
            git init -q --bare -b main . && git config http.receivepack true
            tree=$(git mktree </dev/null) && commit=$(git commit-tree -m first "$tree")
            git update-ref refs/heads/main "$commit" && git update-server-info && chmod -R a+rwX ..
            """);
    }

    private static void MakePackages(string folder)
    {
        string flat = Directory.CreateDirectory(Path.Combine(folder, "files", "apt")).FullName;
        string control = Directory.CreateDirectory(Path.Combine(folder, "deb", "DEBIAN")).FullName;
        const string fields = "Package: tiny\nVersion: 1:1.0+a~b\nArchitecture: all\n"
            + "Maintainer: A <a@a.test>\nDescription: tiny\n";
        File.WriteAllText(Path.Combine(control, "control"), fields);
        Run(folder, "dpkg-deb", "-Znone", "-b", "deb", Path.Combine(flat, "tiny_1.0+a~b_all.deb"));
        byte[] package = File.ReadAllBytes(Path.Combine(flat, "tiny_1.0+a~b_all.deb"));
        File.WriteAllText(Path.Combine(flat, "Packages"), string.Create(CultureInfo.InvariantCulture,
            $"{fields}Filename: ./tiny_1.0+a~b_all.deb\nSize: {package.Length}\n")
            + $"SHA256: {Convert.ToHexStringLower(SHA256.HashData(package))}\n");
    }

    private static async Task<string> AptAsync(string url)
    {
        using Folder folder = new();
        foreach (string name in "lists/partial archives/partial etc".Split(' '))
            Directory.CreateDirectory(Path.Combine(folder.Root, name));
        string sources = Path.Combine(folder.Root, "sources.list");
        await File.WriteAllTextAsync(sources, $"deb [trusted=yes] {url}/apt ./\n");
        string status = Path.Combine(folder.Root, "status");
        await File.WriteAllTextAsync(status, "");
        string[] options =
        [
            "-q", "-o", "APT::Sandbox::User=root", "-o", $"Dir::State::Lists={folder.Root}/lists",
            "-o", $"Dir::State::Status={status}", "-o", $"Dir::Cache={folder.Root}",
            "-o", $"Dir::Etc::SourceList={sources}", "-o", $"Dir::Etc::Parts={folder.Root}/etc",
            "-o", $"Dir::Etc::SourceParts={folder.Root}/etc", "-o", $"Dir::Etc::Main={folder.Root}/none",
        ];
        ClientRun update = await ClientTools.RunInAsync(folder.Root, [], "apt-get", [.. options, "update"]);
        ClientRun fetch = await ClientTools.RunInAsync(
            folder.Root, [], "apt-get", [.. options, "download", "tiny"]);
        string[] packages = Directory.GetFiles(folder.Root, "*.deb");
        return $"{update.ExitCode} {fetch.ExitCode}\n" + string.Join('\n', packages.Select(path =>
            $"{Path.GetFileName(path)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
    }

    private static async Task<string> NpmAsync(string url, int version)
    {
        using Folder folder = new();
        string package = Directory.CreateDirectory(Path.Combine(folder.Root, "package")).FullName;
        string user = Directory.CreateDirectory(Path.Combine(folder.Root, "user")).FullName;
        await File.WriteAllTextAsync(Path.Combine(package, "package.json"), string.Create(
            CultureInfo.InvariantCulture, $$"""{"name": "@scope/tiny", "version": "1.0.{{version}}"}"""));
        byte[] large = RandomNumberGenerator.GetBytes(2_000_000);
        await File.WriteAllBytesAsync(Path.Combine(package, "large"), large);
        await File.WriteAllTextAsync(Path.Combine(user, "package.json"), """{"private": true}""");
        string settings = Path.Combine(folder.Root, "npmrc");
        await File.WriteAllTextAsync(
            settings, $"registry={url}/\n{url[5..]}/:_authToken=any\naudit=false\nfund=false\n");
        Dictionary<string, string> variables = new()
        {
            ["npm_config_userconfig"] = settings,
            ["npm_config_cache"] = Path.Combine(folder.Root, "cache"),
            ["npm_config_update_notifier"] = "false",
        };
        ClientRun published = await ClientTools.RunInAsync(package, variables, "npm", "publish", "--silent");
        ClientRun view = await ClientTools.RunInAsync(
            user, variables, "npm", "view", "@scope/tiny", "dist-tags", "name", "--json");
        ClientRun installed = await ClientTools.RunInAsync(
            user, variables, "npm", "install", "--silent", "@scope/tiny");
        string copy = Path.Combine(user, "node_modules/@scope/tiny/large");
        bool isSame = File.Exists(copy) && File.ReadAllBytes(copy).SequenceEqual(large);
        string number = string.Create(CultureInfo.InvariantCulture, $"1.0.{version}");
        return $"{published.ExitCode} {view.ExitCode} {installed.ExitCode} {isSame}\n"
            + (published.Output + view.Output).Replace(number, "VERSION", StringComparison.Ordinal);
    }

    private static void Run(string folder, string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in GitVariables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
