using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Clients;

/// <summary>A server as a child process with a folder of its own, ready to be connected to.</summary>
internal sealed class ServerProcess : IUpstream
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private ServerProcess(Process process, string folder, int port)
    {
        _process = process;
        Folder = folder;
        Port = port;
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Port { get; }

    /// <summary>Its folder, which ends with it.</summary>
    public string Folder { get; }

    /// <summary>Starts it on a free port.</summary>
    /// <param name="tool">The program.</param>
    /// <param name="prepare">Fills its folder and gives its arguments.</param>
    public static async Task<ServerProcess> StartAsync(string tool, Func<string, int, string[]> prepare)
    {
        string folder = Directory.CreateTempSubdirectory("serval-clients-").FullName;
        // Apache gives up root and has to read what is in it.
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("777", 8));
        int port = Ports.Free();
        ProcessStartInfo start = new(ClientTools.Find(tool)!, prepare(folder, port))
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ServerProcess server = new(Process.Start(start)!, folder, port);
        try
        {
            await server.WaitAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    // No server of these says in one way that it is ready: it is when it can be connected to.
    private async Task WaitAsync()
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        CancellationToken limit = Deadline.Token();
        while (true)
        {
            Assert.False(_process.HasExited, "it has ended: " + _log);
            using TcpClient client = new();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, Port, limit);
                return;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync(limit);
            }
        }
    }

    private void Note(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
