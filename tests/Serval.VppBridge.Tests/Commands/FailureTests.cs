using Serval.VppBridge.Tests.EndToEnd;
using Serval.VppBridge.Tests.Serving;

namespace Serval.VppBridge.Tests.Commands;

public sealed class FailureTests : IDisposable
{
    private const string Nowhere = "127.0.0.1:1";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vpp-verb");

    [Theory]
    [InlineData("acls")]
    [InlineData("nosuch")]
    [InlineData("acls get")]
    [InlineData("acls bind host-va --input web")]
    [InlineData("acls apply")]
    [InlineData("acls apply -f /nonexistent.yaml")]
    [InlineData("acls list -o xml")]
    [InlineData("acls list --timeout 0s")]
    [InlineData("acls list --timeout ten")]
    [InlineData("acls list --server localhost")]
    [InlineData("acls list --server a:1/path")]
    [InlineData("acls list --server user@a:1")]
    [InlineData("acls list --server http://a:1")]
    [InlineData("acls list --server a:0")]
    [InlineData("acls list --tls-cert a.pem")]
    [InlineData("acls list --tls-ca /nonexistent.pem")]
    [InlineData("acls list --server unix:/tmp/a --tls-ca /dev/null")]
    [InlineData("acls list --token-file /nonexistent")]
    [InlineData("tunnels add-peer site-b")]
    [InlineData("tunnels add-peer site-b --public-key k --endpoint host:1")]
    [InlineData("tunnels add-peer site-b --public-key k --keepalive 25")]
    [InlineData("tunnels add-peer site-b --public-key k --keepalive 65536s")]
    [InlineData("tunnels add-peer site-b --public-key k --keepalive 1500ms")]
    [InlineData("tunnels add-peer site-b --public-key k -f -")]
    [InlineData("events --count 0")]
    public async Task What_makes_no_sense_ends_with_2_before_anything_is_sent(string line)
    {
        CommandResult result = await VppCommand.RunAsync(Nowhere, line.Split(' '));
        Assert.True(result.ExitCode == 2, $"{result.ExitCode} {result.Errors}");
        Assert.NotEmpty(result.Errors);
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: web\nrulez: []\n", "rulez")]
    [InlineData("name: web\nrules: [{action: DROP}]\n", "DROP")]
    [InlineData("name: [web\n", "line ")]
    [InlineData("name: web\n---\nname: api\n", "2 documents")]
    [InlineData("", "empty")]
    [InlineData("- a\n", "Acl")]
    [InlineData("{\"name\": 1}", "Acl")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}", "line 1")]
    public async Task A_file_that_is_no_message_is_refused_with_the_reason(string text, string reason)
    {
        CommandResult result = await VppCommand.RunAsync(Nowhere, ["acls", "apply", "-f", "-"], text);
        Assert.True(result.ExitCode == 2, $"{result.ExitCode} {result.Errors}");
        Assert.Contains(reason, result.Errors, StringComparison.Ordinal);
        Assert.Contains("standard input", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_beyond_its_bound_is_refused()
    {
        string path = Path.Combine(_folder.FullName, "large.yaml");
        await File.WriteAllTextAsync(path, new string('#', 16 * 1024 * 1024) + "\n");
        CommandResult result = await VppCommand.RunAsync(Nowhere, ["acls", "apply", "-f", path]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("larger than", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("events")]
    [InlineData("acls list --server unix:/nonexistent/socket")]
    public async Task A_bridge_that_is_not_there_ends_with_5_and_the_remedy(string line)
    {
        CommandResult result = await VppCommand.RunAsync(Nowhere, line.Split(' '));
        Assert.True(result.ExitCode == 5, $"{result.ExitCode} {result.Errors}");
        Assert.StartsWith("serval: UNAVAILABLE: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("serval: remedy: look whether serval vpp-gateway runs", result.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_is_not_there_is_named()
    {
        CommandResult result = await VppCommand.RunAsync(
            Nowhere, ["acls", "list", "--server", "unix:/nonexistent/socket"]);
        Assert.StartsWith(
            "serval: UNAVAILABLE: there is no socket /nonexistent/socket\n", result.Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_VPP_that_is_away_ends_with_5_and_says_since_when()
    {
        await using BridgeScene scene = await BridgeScene.StartAsync();
        scene.Vpp.Kill();
        await Eventually.BecomesAsync(() => scene.Host.Reconciler.Status.Transport is null);
        CommandResult result = await VppCommand.RunAsync(scene.Server, ["acls", "list"]);
        Assert.Equal(5, result.ExitCode);
        Assert.Contains("VPP is away since", result.Errors, StringComparison.Ordinal);
        Assert.Contains("look at VPP", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mutual_TLS_lets_in_who_is_on_the_list()
    {
        using Authority authority = new(_folder.FullName, "authority");
        IssuedFiles server = authority.IssueServer();
        IssuedFiles good = authority.IssueClient("CN=pop-agent"), bad = authority.IssueClient("CN=other");
        await using BridgeScene scene = await BridgeScene.StartAsync((options, _) => options with
        {
            CertificateFile = server.Certificate,
            CertificateKeyFile = server.Key,
            ClientCaFile = authority.File,
            AllowedClients = ["pop-agent"],
        });
        string[] tls = ["version", "--tls-ca", authority.File];
        Assert.Equal(6, (await VppCommand.RunAsync(scene.Server, tls)).ExitCode);
        CommandResult denied = await VppCommand.RunAsync(
            scene.Server, [.. tls, "--tls-cert", bad.Certificate, "--tls-key", bad.Key]);
        Assert.Equal(6, denied.ExitCode);
        Assert.StartsWith("serval: PERMISSION_DENIED: ", denied.Errors, StringComparison.Ordinal);
        CommandResult passed = await VppCommand.RunAsync(
            scene.Server, [.. tls, "--tls-cert", good.Certificate, "--tls-key", good.Key]);
        Assert.True(passed.ExitCode == 0, passed.Errors);

        // Another authority than the one that signed for the bridge, and no TLS at all.
        using Authority other = new(_folder.FullName, "other");
        Assert.Equal(5, (await VppCommand.RunAsync(
            scene.Server, ["version", "--tls-ca", other.File])).ExitCode);
        Assert.Equal(5, (await VppCommand.RunAsync(scene.Server, ["version"])).ExitCode);
    }

    [Fact]
    public async Task A_token_is_read_from_its_file_and_never_sent_in_the_clear_beyond_the_host()
    {
        string path = Path.Combine(_folder.FullName, "token");
        await File.WriteAllTextAsync(path, "0123456789abcdef\n");
        await using BridgeScene scene = await BridgeScene.StartAsync(
            (options, _) => options with { TokenFile = path });
        CommandResult without = await VppCommand.RunAsync(scene.Server, ["version"]);
        Assert.Equal(6, without.ExitCode);
        Assert.StartsWith("serval: UNAUTHENTICATED: ", without.Errors, StringComparison.Ordinal);
        CommandResult with = await VppCommand.RunAsync(scene.Server, ["version", "--token-file", path]);
        Assert.True(with.ExitCode == 0, with.Errors);
        CommandResult beyond = await VppCommand.RunAsync(
            "192.0.2.1:50052", ["version", "--token-file", path]);
        Assert.Equal(2, beyond.ExitCode);
        Assert.Contains("--tls-ca", beyond.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_strangers_could_reach_does_not_start_and_says_why()
    {
        using VppCommand gateway = VppCommand.Start(
            Nowhere, "vpp-gateway", "--listen", "0.0.0.0:0", "--state-dir", _folder.FullName);
        CommandResult result = await gateway.EndAsync();
        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith(
            "cannot start: --listen 0.0.0.0:0 is not loopback and needs TLS (--tls-cert-file, "
            + "--tls-key-file)\n", result.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
