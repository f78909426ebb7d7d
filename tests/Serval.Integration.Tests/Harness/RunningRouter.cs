using System.Net;

namespace Serval.Integration.Tests.Harness;

/// <summary><c>serval run</c> on a folder, ready to route, with its admin API.</summary>
internal sealed class RunningRouter : IAsyncDisposable
{
    private RunningRouter(ServalProcess process, Folder folder, HttpClient admin, int port)
    {
        Process = process;
        Folder = folder;
        Admin = admin;
        Port = port;
    }

    public ServalProcess Process { get; }

    public Folder Folder { get; }

    /// <summary>A client of the admin API.</summary>
    public HttpClient Admin { get; }

    /// <summary>The listener's port, on every address.</summary>
    public int Port { get; }

    /// <summary>Starts with one listener and these objects.</summary>
    public static async Task<RunningRouter> StartAsync(string objects, params string[] options)
    {
        Folder folder = new();
        int port = Ports.Free();
        folder.Write("gateway.yaml", Objects.Gateway(port));
        folder.Write("objects.yaml", objects);
        ServalProcess process = ServalProcess.Start(
            ["run", folder.Root, "--admin", "127.0.0.1:0", "--workers", "2", .. options]);
        HttpClient admin = await AdminOfAsync(process);
        await process.WaitForLineAsync("Snapshot .* is live");
        return new RunningRouter(process, folder, admin, port);
    }

    /// <summary>A client of a process's admin API, once it listens.</summary>
    public static async Task<HttpClient> AdminOfAsync(ServalProcess process)
    {
        string url = (await process.WaitForLineAsync(@"admin API on (\S+)")).Groups[1].Value;
        return new HttpClient { BaseAddress = new Uri(url), Timeout = Deadline.Limit };
    }

    public Task<RawResponse> GetAsync(string target, string headers = "Host: test.example\r\n") =>
        RawClient.GetAsync(Port, target, headers);

    /// <summary>Replaces the objects; when this returns they are live.</summary>
    public async Task ReplaceAsync(string objects)
    {
        Folder.Write("objects.yaml", objects);
        using HttpResponseMessage answer = await Admin.PostAsync("/reload", null, Deadline.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Process.DisposeAsync();
        Folder.Dispose();
    }
}
