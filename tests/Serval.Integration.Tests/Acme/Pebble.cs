using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Acme;

/// <summary>
/// Debian's ACME test server and its name server, which says that every host is this one. One nonce in five
/// is refused, as authorities do now and then.
/// </summary>
internal sealed class Pebble : IAsyncDisposable
{
    private readonly Folder _folder = new();
    private readonly List<Process> _processes = [];

    private Pebble(int port) => Directory = $"https://127.0.0.1:{port}/dir";

    /// <summary>URL of its directory.</summary>
    public string Directory { get; }

    /// <summary>What signs the certificate of the directory.</summary>
    public string AuthorityFile => Path.Combine(_folder.Root, "server.crt");

    /// <summary>One of the programs of the package.</summary>
    public static string Program(string name) => Path.Combine(
        Environment.GetEnvironmentVariable("SERVAL_ACME_SERVER") ?? Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "serval", "acme-server"),
        "usr", "bin", name);

    /// <summary>Starts both; challenges are asked for on these ports of every name.</summary>
    public static async Task<Pebble> StartAsync(int httpPort, int? tlsPort = null)
    {
        (int port, int management, int names, int namesManagement) =
            (Ports.Free(), Ports.Free(), Ports.Free(), Ports.Free());
        Pebble pebble = new(port);
        pebble.WriteCertificate();
        pebble._folder.Write("pebble.json", $$"""
            {"pebble": {"listenAddress": "127.0.0.1:{{port}}",
            "managementListenAddress": "127.0.0.1:{{management}}",
            "certificate": "{{pebble.AuthorityFile}}",
            "privateKey": "{{Path.Combine(pebble._folder.Root, "server.key")}}",
            "httpPort": {{httpPort}}, "tlsPort": {{tlsPort ?? Ports.Free()}}, "ocspResponderURL": "",
            "externalAccountBindingRequired": false} }
            """);
        pebble.Run(
            "pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01",
            $"127.0.0.1:{names}", "-http01", "", "-https01", "", "-tlsalpn01", "", "-management",
            $"127.0.0.1:{namesManagement}");
        pebble.Run(
            "pebble", "-config", Path.Combine(pebble._folder.Root, "pebble.json"), "-dnsserver",
            $"127.0.0.1:{names}");
        await pebble.AnswersAsync();
        return pebble;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }
        _folder.Dispose();
    }

    private void WriteCertificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=pebble", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        _folder.Write("server.crt", certificate.ExportCertificatePem());
        _folder.Write("server.key", key.ExportPkcs8PrivateKeyPem());
    }

    private void Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(Program(program), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["PEBBLE_VA_NOSLEEP"] = "1", ["PEBBLE_WFE_NONCEREJECT"] = "20" },
        };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private async Task AnswersAsync()
    {
        using HttpClientHandler handler = new()
        {
            ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        };
        using HttpClient client = new(handler);
        CancellationToken stop = Deadline.Token();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri(Directory), stop);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, stop);
            }
        }
    }
}
