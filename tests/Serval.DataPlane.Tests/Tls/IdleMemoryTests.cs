using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Xunit.Abstractions;

namespace Serval.DataPlane.Tests.Tls;

/// <summary>What an idle connection costs, OpenSSL's share included.</summary>
public sealed partial class IdleMemoryTests(ITestOutputHelper output)
{
    private const int Connections = 5_000;
    private const int BytesMax = 40 * 1_024;

    [ToolFact("python3")]
    public async Task Five_thousand_idle_connections_cost_at_most_40_KiB_each()
    {
        await using TlsScene scene = TlsScene.Start();
        IssuedPair pair = scene.Authority.Issue("web", ["a.example"]);
        scene.Apply(scene.Https(pair), pair);
        // What the first connection costs is not each one's.
        using Process warm = await HoldAsync(scene.Port, 50);
        (long resident, long allocated) = Memory();
        using Process held = await HoldAsync(scene.Port, Connections);
        (long residentThen, long allocatedThen) = Memory();
        long each = (residentThen - resident) / Connections;
        long ofOpenSsl = (allocatedThen - allocated) / Connections;
        output.WriteLine($"{each} bytes of the process each, {ofOpenSsl} of them allocated by C libraries");
        Assert.InRange(each, 0, BytesMax);
    }

    // Another process, so that only the router's side is measured.
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

    private static (long Resident, long Allocated) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        string status = File.ReadAllText("/proc/self/status");
        int at = status.IndexOf("VmRSS:", StringComparison.Ordinal) + 6;
        string kilobytes = status[at..status.IndexOf("kB", at, StringComparison.Ordinal)].Trim();
        return (long.Parse(kilobytes, CultureInfo.InvariantCulture) * 1_024, (long)AllocatedNow().Used);
    }

    // struct mallinfo2 of glibc: ten size_t, the eighth of which is what is in use.
    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocFigures AllocatedNow();

    [StructLayout(LayoutKind.Sequential, Size = 80)]
    private struct MallocFigures
    {
        private readonly nuint _arena, _chunks, _small, _mapped, _mappedBytes, _most, _smallFree;
        public readonly nuint Used;
    }
}
