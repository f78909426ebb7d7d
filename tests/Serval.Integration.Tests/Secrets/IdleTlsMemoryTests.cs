using System.Diagnostics;
using System.Globalization;
using Serval.Integration.Tests.Harness;
using Xunit.Abstractions;

namespace Serval.Integration.Tests.Secrets;

/// <summary>What an idle connection costs the published program, OpenSSL's share included.</summary>
public sealed class IdleTlsMemoryTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;
    private const int BytesMax = 40 * 1_024;

    [PublishedFact]
    public async Task Five_thousand_idle_connections_cost_at_most_40_KiB_each()
    {
        TestCertificate certificate = new("a.example");
        int port = Ports.Free();
        using Folder folder = new();
        folder.Write("gateway.yaml", Objects.SecureGateway(port, "web"));
        folder.Write("secret.yaml", certificate.Secret("infra", "web"));
        await using ServalProcess serval = ServalProcess.Start(
            "run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "1");
        await serval.WaitForLineAsync("Snapshot .* is live");
        // What the first connections cost is not each one's.
        using Process warm = await HoldAsync(port, 50);
        long before = Resident(serval.Id);
        using Process held = await HoldAsync(port, Connections);
        long each = (Resident(serval.Id) - before) / Connections;
        output.WriteLine($"{each} bytes each");
        Assert.InRange(each, 1, BytesMax);
    }

    // A process of its own, so that only the router's side is measured.
    private static async Task<Process> HoldAsync(int port, int connections)
    {
        string program = string.Create(CultureInfo.InvariantCulture, $"""
            import resource, socket, ssl, sys
            wanted = {connections} + 100
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            held = []
            for _ in range({connections}):
                s = context.wrap_socket(
                    socket.create_connection(("127.0.0.1", {port})), server_hostname="a.example")
                s.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
                s.recv(4096)
                held.append(s)
            print("ready", flush=True)
            sys.stdin.read()
            """);
        ProcessStartInfo start = new("python3", ["-c", program])
        {
            // Its end is that of ours, however we end.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        Assert.Equal("ready", line);
        return process;
    }

    private static long Resident(int process)
    {
        string line = Array.Find(
            File.ReadAllLines($"/proc/{process}/status"),
            line => line.StartsWith("VmRSS:", StringComparison.Ordinal))!;
        string kilobytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1_024;
    }
}
