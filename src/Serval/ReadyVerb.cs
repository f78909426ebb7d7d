using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Serval.Common;
using Serval.Common.Access;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval ready URL…</c>: succeeds when each of these roles answers its readiness probe with 200. The
/// image has no shell and no curl; the tests of the Helm chart run this.
/// </summary>
internal static class ReadyVerb
{
    private const int AnswerBytesMax = 64 * 1024;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string[]> urls = new("URL")
        {
            Description = "Admin addresses, such as http://serval-gateway:9902",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<Duration> timeout = DurationOption.Create(
            "--timeout", "How long each of them may take to answer", new Duration(10_000), most: 3_600_000);
        Option<string?> authorities = new("--ca-file")
        {
            HelpName = "FILE",
            Description = "Authorities that sign the servers' certificates, PEM; the system's when absent",
        };
        Option<bool> live = new("--live")
        {
            Description = "Ask only whether they live (/healthz), not whether they have a configuration",
        };
        Command verb = new("ready", "Succeed when these roles have a configuration and serve it")
        {
            urls,
            timeout,
            authorities,
            live,
        };
        verb.SetAction(parsed => RunAsync(
            parsed.GetValue(urls)!, parsed.GetValue(live) ? "healthz" : "readyz",
            TimeSpan.FromMilliseconds(parsed.GetValue(timeout).Milliseconds), parsed.GetValue(authorities)));
        return verb;
    }

    private static async Task<int> RunAsync(
        string[] urls, string probe, TimeSpan timeout, string? authorities)
    {
        X509Certificate2Collection? trusted = null;
        if (authorities is not null)
        {
            if (!File.Exists(authorities))
                return await Complaints.NoSuchPathAsync(authorities);
            try
            {
                trusted = PemFiles.ReadCertificates(authorities);
            }
            catch (OptionException fault)
            {
                return await Complaints.SayAsync($"--ca-file {fault.Message}", ExitCodes.Usage);
            }
        }
        using HttpClient client = new(Handler(trusted))
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
        int exitCode = 0;
        foreach (string url in urls)
            exitCode = Math.Max(exitCode, await AskAsync(client, url, probe));
        return exitCode;
    }

    private static async Task<int> AskAsync(HttpClient client, string url, string probe)
    {
        string root = (url.Contains("://", StringComparison.Ordinal) ? url : $"http://{url}").TrimEnd('/');
        if (!HttpAddress.TryRead($"{root}/{probe}", out Uri? uri))
            return await Complaints.SayAsync($"{url} is not the address of an admin API");
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(uri);
            bool asksForReadiness = probe == "readyz";
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                string lack = asksForReadiness ? "is not ready" : "does not live";
                string text = (await answer.Content.ReadAsStringAsync()).TrimEnd();
                return await Complaints.SayAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{root} {lack}, it answered {(int)answer.StatusCode}: {text}"));
            }
            Console.Out.WriteLine(asksForReadiness ? $"{root} is ready" : $"{root} lives");
            return 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return await Complaints.SayAsync($"{root}: {fault.Message}");
        }
    }

    private static SocketsHttpHandler Handler(X509Certificate2Collection? trusted)
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false };
        if (trusted is not null)
            handler.SslOptions.CertificateChainPolicy = ServerTrust.In(trusted);
        return handler;
    }
}
