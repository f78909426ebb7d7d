using System.Globalization;
using Serval.Config.Model;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>Clients that people use, against a running router.</summary>
public sealed class RealClientTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [ToolFact("curl")]
    public async Task Curl_is_answered_over_either_version_and_refuses_a_stranger()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        using TestAuthority other = new("other");
        string[] versions = ["--tls-max 1.2", "--tlsv1.3"];
        foreach (string version in versions)
        {
            ToolRun run = await CurlAsync(scene, scene.Authority, version.Split(' '));
            Assert.True(run.ExitCode == 0, run.Output);
            Assert.Equal(TlsScene.Body, run.Output);
        }

        // CURLE_PEER_FAILED_VERIFICATION.
        Assert.Equal(60, (await CurlAsync(scene, other)).ExitCode);
        string metrics = scene.Metrics();
        foreach (string version in (string[])["1.2", "1.3"])
            Assert.Contains($"side=\"downstream\",version=\"{version}\",resumed=\"false\"}}", metrics,
                StringComparison.Ordinal);
        await scene.UntilMetricAsync(
            "serval_tls_handshake_failures_total{side=\"downstream\",reason=\"alert-received\","
            + "alert=\"unknown_ca\"} 1");
    }

    [ToolFact("curl")]
    public async Task Curl_shows_a_client_certificate()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        IssuedPair alice = scene.Authority.Issue("alice", [], subject: "CN=alice");
        Listener listener = scene.Listener("web", null, pair);
        ClientValidation validation = new() { Authorities = ["test"] };
        Listener asking = listener with { Tls = listener.Tls! with { ClientValidation = validation } };
        Snapshot snapshot = scene.Of([asking], [pair]);
        scene.Apply(snapshot with { Authorities = [scene.Authority.Model] }, pair);
        string[] own =
            ["--cert", Write("alice.crt", alice.ChainPem), "--key", Write("alice.key", alice.KeyPem)];
        Assert.Equal(TlsScene.Body, (await CurlAsync(scene, scene.Authority, own)).Output);
        Assert.NotEqual(0, (await CurlAsync(scene, scene.Authority)).ExitCode);
    }

    [ToolFact("openssl")]
    public async Task A_session_is_resumed_under_either_version_and_for_its_own_name_alone()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example", "b.example"]);
        scene.Apply(scene.Https(pair), pair);
        foreach (string version in (string[])["-tls1_2", "-tls1_3"])
        {
            string session = Path.Combine(_folder, "session" + version);
            ToolRun first = await AskAsync(scene, "a.example", version, "-sess_out", session);
            Assert.Contains("New, TLS", first.Output, StringComparison.Ordinal);
            ToolRun again = await AskAsync(scene, "a.example", version, "-sess_in", session);
            Assert.Contains("Reused, TLS", again.Output, StringComparison.Ordinal);
            // CVE-2025-23419: a session of one host is no pass to another.
            ToolRun other = await AskAsync(scene, "b.example", version, "-sess_in", session);
            Assert.Contains("New, TLS", other.Output, StringComparison.Ordinal);
        }

        Assert.Contains("version=\"1.3\",resumed=\"true\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
        Assert.Contains("version=\"1.2\",resumed=\"true\"} 1\n", scene.Metrics(), StringComparison.Ordinal);
    }

    [ToolFact("openssl")]
    public async Task What_is_too_old_or_too_weak_is_refused_with_the_alert_that_says_so()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Of([scene.Listener("web", "a.example", pair)], [pair]), pair);
        (string Alert, string Name, string[] Options)[] rows =
        [
            ("protocol_version", "a.example", ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
            ("handshake_failure", "a.example", ["-tls1_2", "-cipher", "AES128-SHA"]),
            ("no_application_protocol", "a.example", ["-alpn", "h2"]),
            ("unrecognized_name", "b.example", []),
        ];
        foreach ((string alert, string name, string[] options) in rows)
        {
            await AskAsync(scene, name, options);
            await scene.UntilMetricAsync(
                "serval_tls_handshake_failures_total{side=\"downstream\",reason=\"alert-sent\","
                + $"alert=\"{alert}\"}} 1");
        }

        // RFC 5746 is spoken, and nothing is negotiated anew.
        ToolRun renegotiated = await ToolRun.RunAsync(
            "openssl", "R\n", "s_client", "-connect", Target(scene), "-servername", "a.example", "-tls1_2");
        Assert.Contains("no renegotiation", renegotiated.Output, StringComparison.Ordinal);
    }

    [ToolFact("python3")]
    public async Task Python_is_answered()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        string program = string.Create(CultureInfo.InvariantCulture, $"""
            import socket, ssl
            context = ssl.create_default_context(cafile={Quote(Write("ca.pem", scene.Authority.Pem))})
            context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
            raw = socket.create_connection(("127.0.0.1", {scene.Port}))
            s = context.wrap_socket(raw, server_hostname="a.example")
            s.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
            data = b""
            while True:
                part = s.recv(4096)
                if not part: break
                data += part
            print(s.version(), data.decode())
            """);
        ToolRun run = await ToolRun.RunAsync("python3", program, "-");
        Assert.StartsWith("TLSv1.3 HTTP/1.1 200 OK", run.Output, StringComparison.Ordinal);
        Assert.EndsWith(TlsScene.Body, run.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [ToolFact("node")]
    public async Task Node_is_answered()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        string program = string.Create(CultureInfo.InvariantCulture, $$"""
            const https = require("https"), fs = require("fs");
            https.get({ host: "127.0.0.1", port: {{scene.Port}}, servername: "a.example",
              ca: fs.readFileSync({{Quote(Write("ca.pem", scene.Authority.Pem))}}),
              headers: { host: "a.example" } }, r => { let s = r.statusCode + " ";
              r.on("data", d => s += d); r.on("end", () => { console.log(s); process.exit(0); }); });
            """);
        ToolRun run = await ToolRun.RunAsync("node", program, "-");
        Assert.Equal($"200 {TlsScene.Body}", run.Output.TrimEnd());
    }

    [ToolFact("sslscan")]
    public async Task Sslscan_finds_nothing_that_is_weak()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair ecdsa = scene.Authority.Issue("ecdsa", ["a.example"]);
        IssuedPair rsa = scene.Authority.Issue("rsa", ["a.example"], isRsa: true);
        scene.Apply(scene.Https(ecdsa, rsa), ecdsa, rsa);
        ToolRun run = await ToolRun.RunAsync(
            "sslscan", "", "--no-colour", "--sni-name=a.example", Target(scene));
        string[] wanted =
        [
            "TLSv1.0   disabled", "TLSv1.1   disabled", "TLSv1.2   enabled", "TLSv1.3   enabled",
            "Session renegotiation not supported",
            "TLSv1.3 not vulnerable to heartbleed", "TLSv1.2 not vulnerable to heartbleed",
        ];
        Assert.All(wanted, line => Assert.Contains(line, run.Output, StringComparison.Ordinal));
        string[] suites =
        [
            .. run.Output.Split('\n').Where(line => line.StartsWith("Preferred", StringComparison.Ordinal)
                || line.StartsWith("Accepted", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(suites);
        Assert.All(suites, line => Assert.Matches("TLS_(AES|CHACHA)|ECDHE-.*(GCM|CHACHA20)", line));
    }

    // Takes a minute or two: make tls.
    [ToolFact("testssl", "SERVAL_TLS_LONG")]
    public async Task Testssl_finds_no_vulnerability()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair ecdsa = scene.Authority.Issue("ecdsa", ["a.example"]);
        IssuedPair rsa = scene.Authority.Issue("rsa", ["a.example"], isRsa: true);
        scene.Apply(scene.Https(ecdsa, rsa), ecdsa, rsa);
        string findings = Path.Combine(_folder, "findings.csv");
        ToolRun run = await ToolRun.RunAsync(
            "testssl", "", "--quiet", "--color", "0", "--vulnerable", "--protocols", "--std",
            "--csvfile", findings, "--severity", "LOW", Target(scene));
        // It says of its own OpenSSL that it lacks ciphers to ask with.
        string[] bad =
        [
            .. (await File.ReadAllLinesAsync(findings)).Skip(1)
                .Where(line => !line.StartsWith("\"engine_problem\"", StringComparison.Ordinal)),
        ];
        Assert.True(bad.Length == 0, string.Join('\n', bad) + run.Output);
    }

    private async Task<ToolRun> CurlAsync(TlsScene scene, TestAuthority authority, params string[] options)
    {
        string port = scene.Port.ToString(CultureInfo.InvariantCulture);
        return await ToolRun.RunAsync(
            "curl", "",
            [
                "-sS", "--cacert", Write($"{authority.Name}.pem", authority.Pem),
                "--resolve", $"a.example:{port}:127.0.0.1", .. options, $"https://a.example:{port}/",
            ]);
    }

    private static Task<ToolRun> AskAsync(TlsScene scene, string name, params string[] options) =>
        ToolRun.RunAsync(
            "openssl", $"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n",
            ["s_client", "-ign_eof", "-connect", Target(scene), "-servername", name, .. options]);

    private static string Target(TlsScene scene) =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{scene.Port}");

    private static string Quote(string text) => $"\"{text}\"";

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
