using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using System.Security.Authentication;
using Serval.Common;
using Serval.Config.Validating;
using Serval.Control;
using Serval.DataPlane;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval explain METHOD URL</c>: which rule a request takes, and why, by files or by a running router.
/// </summary>
internal static class ExplainVerb
{
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
        AdminClientFlags admin = new();
        Command verb = new("explain", "Say which rule a request takes, and why")
        {
            method,
            url,
            headers,
            config,
        };
        admin.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(config) is null == result.GetValue(admin.Admin) is null)
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
            return parsed.GetValue(config) is { } path
                ? ReadAsync(path, request)
                : AskAsync(parsed, admin, request);
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
        Console.Out.Write(ExplainScreen.Write(translation.Snapshot, request, new RouterOptions()));
        return 0;
    }

    private static async Task<int> AskAsync(
        ParseResult parsed, AdminClientFlags admin, ExplainRequest request)
    {
        string query = $"method={Uri.EscapeDataString(request.Method)}"
            + $"&url={Uri.EscapeDataString(request.Url)}";
        foreach (Config.Model.HeaderValue header in request.Headers)
            query += $"&h={Uri.EscapeDataString($"{header.Name}:{header.Value}")}";
        try
        {
            using HttpClient client = admin.Connect(parsed);
            using HttpResponseMessage answer = await client.GetAsync(
                new Uri($"explain?{query}", UriKind.Relative));
            string text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK)
                return await Complaints.SayAsync(
                    $"{client.BaseAddress} answered {(int)answer.StatusCode}: {text.TrimEnd()}");
            Console.Out.Write(text);
            return 0;
        }
        catch (OptionException fault)
        {
            return await Complaints.SayAsync(fault.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            string reason = fault.InnerException is AuthenticationException inner
                ? inner.Message
                : fault.Message;
            return await Complaints.SayAsync($"{parsed.GetValue(admin.Admin)}: {reason}");
        }
    }
}
