using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Serval.Config.Validating;
using Serval.Control;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval explain METHOD URL</c>: which rule a request takes, and why, by files or by a running router.
/// </summary>
internal static class ExplainVerb
{
    private const int AnswerBytesMax = 1024 * 1024;

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        Argument<string> method = new("METHOD") { Description = "Such as GET" };
        Argument<string> url = new("URL") { Description = "Such as http://echo.example.com:8080/api?x=1" };
        Option<string[]> headers = new("--header", "-H")
        {
            HelpName = "'NAME: VALUE'",
            Description = "A header of the request; may be given several times",
            DefaultValueFactory = _ => [],
        };
        Option<string?> config = new("--config")
        {
            HelpName = "PATH",
            Description = "Explain by these Gateway API files",
        };
        Option<string?> admin = new("--admin")
        {
            HelpName = "URL",
            Description = "Explain by what is live in the router whose admin API is there",
        };
        Command verb = new("explain", "Say which rule a request takes, and why")
        {
            method,
            url,
            headers,
            config,
            admin,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(config) is null == result.GetValue(admin) is null)
                result.AddError("Give one of --config PATH and --admin URL.");
        });
        verb.SetAction(parsed =>
        {
            if (!ExplainRequest.TryParse(
                parsed.GetValue(method)!, parsed.GetValue(url)!, parsed.GetValue(headers)!,
                out ExplainRequest? request, out string fault))
            {
                return Complaints.SayAsync(fault);
            }
            return parsed.GetValue(admin) is { } address
                ? AskAsync(address, request)
                : ReadAsync(parsed.GetValue(config)!, request);
        });
        return verb;
    }

    private static async Task<int> ReadAsync(string path, ExplainRequest request)
    {
        if (!Path.Exists(path))
            return await Complaints.NoSuchPathAsync(path);
        Translation translation = new FileProvider(path).Load();
        ImmutableArray<Finding> findings = SnapshotValidator.Validate(translation.Snapshot);
        foreach (Finding finding in translation.Findings.AddRange(findings))
        {
            if (finding.Severity != Severity.Notice)
                await Console.Error.WriteLineAsync(finding.ToString());
        }
        if (findings.Any(finding => finding.Severity == Severity.Error))
            return await Complaints.SayAsync("these files make no valid configuration");
        Console.Out.Write(ExplainScreen.Write(translation.Snapshot, request));
        return 0;
    }

    private static async Task<int> AskAsync(string address, ExplainRequest request)
    {
        string root = address.Contains("://", StringComparison.Ordinal) ? address : $"http://{address}";
        string query = $"method={Uri.EscapeDataString(request.Method)}"
            + $"&url={Uri.EscapeDataString(request.Url)}";
        foreach (Config.Model.HeaderValue header in request.Headers)
            query += $"&h={Uri.EscapeDataString($"{header.Name}:{header.Value}")}";
        if (!Uri.TryCreate($"{root.TrimEnd('/')}/explain?{query}", UriKind.Absolute, out Uri? uri))
            return await Complaints.SayAsync($"{address} is not the address of an admin API");
        using HttpClient client = new()
        {
            Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(uri);
            string text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK)
                return await Complaints.SayAsync(
                    $"{root} answered {(int)answer.StatusCode}: {text.TrimEnd()}");
            Console.Out.Write(text);
            return 0;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return await Complaints.SayAsync($"{root}: {fault.Message}");
        }
    }
}
