using System.Diagnostics;
using Serval.Integration.Tests.Harness;

namespace Serval.Integration.Tests.Clients;

/// <summary>Where the clients and upstreams are, and how they are run.</summary>
internal static class ClientTools
{
    /// <summary>Whether all of them run, and more often: <c>make clients</c>.</summary>
    public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("SERVAL_CLIENTS_ALL") == "1";

    /// <summary>How often a client sends what is answered early.</summary>
    public static int Rounds => IsWhole ? 100 : 10;

    /// <summary>The folder of the clients from npm.</summary>
    public static string NpmFolder { get; } = Environment.GetEnvironmentVariable("SERVAL_CLIENTS")
        ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "serval", "clients");

    /// <summary>Where a program or a library is; null where it is missing.</summary>
    public static string? Find(string tool)
    {
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        IEnumerable<string> places = tool switch
        {
            // Debian's, which knows Debian's libraries.
            "python3" => ["/usr/bin/python3"],
            "requests" => ["/usr/lib/python3/dist-packages/requests/__init__.py"],
            "prometheus_client" =>
                ["/usr/lib/python3/dist-packages/prometheus_client/openmetrics/parser.py"],
            "git-http-backend" => ["/usr/lib/git-core/git-http-backend"],
            "axios" => [Path.Combine(NpmFolder, "node_modules/axios/package.json")],
            "verdaccio" => [Path.Combine(NpmFolder, "node_modules/verdaccio/bin/verdaccio")],
            // Daemons are in sbin, which is not on every user's path.
            _ => [.. path.Split(':').Append("/usr/sbin").Select(folder => Path.Combine(folder, tool))],
        };
        return places.FirstOrDefault(File.Exists);
    }

    /// <summary>A file of this folder's Programs.</summary>
    public static string Program(string name) =>
        Path.Combine(Repository.Root, "tests/Serval.Integration.Tests/Clients/Programs", name);

    /// <summary>Runs a client to its end.</summary>
    public static Task<ClientRun> RunAsync(string tool, params string[] arguments) =>
        RunInAsync(Path.GetTempPath(), [], tool, arguments);

    /// <summary>The same in a folder, with more variables in its environment.</summary>
    public static async Task<ClientRun> RunInAsync(
        string folder, Dictionary<string, string> variables, string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(Find(tool)!, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{tool} does not end: {await output}{await errors}");
        }

        return new ClientRun(process.ExitCode, await output, await errors);
    }
}
