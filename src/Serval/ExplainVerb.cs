using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Serval.CommandLine.Printing;
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
        Option<string?> serverName = new("--sni")
        {
            HelpName = "NAME",
            Description = "Server name of the connection, for https; the URL's host when absent",
        };
        AdminClientFlags admin = new();
        OutputFlag output = new();
        Command verb = new("explain", """
            Say which rule a request takes, and why
            Without --config the running router is asked.
            Exit codes: 0 an endpoint or a redirect answers, 1 nothing does, 2 the question is wrong
            """)
        {
            method,
            url,
            headers,
            serverName,
            config,
            output.Option,
        };
        admin.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(config) is not null && result.GetResult(admin.Admin) is { Implicit: false })
                result.AddError("Give either --config PATH or --admin URL.");
        });
        verb.SetAction(async parsed =>
        {
            if (!ExplainRequest.TryParse(
                parsed.GetValue(method)!, parsed.GetValue(url)!, parsed.GetValue(serverName),
                parsed.GetValue(headers)!, out ExplainRequest? request, out string fault))
            {
                return await Complaints.SayAsync(fault, ExitCodes.Usage);
            }
            return parsed.GetValue(config) is { } path
                ? await ReadAsync(path, request, output, parsed)
                : await AskAsync(new AdminQuestion(admin, parsed), request, output, parsed);
        });
        return verb;
    }

    private static async Task<int> ReadAsync(
        string path, ExplainRequest request, OutputFlag output, ParseResult parsed)
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
        Explanation explanation = ExplainScreen.Write(translation.Snapshot, request, new RouterOptions());
        output.Print(parsed, JsonNode.Parse(explanation.ToJson().Span), explanation.ToText);
        return explanation.IsServed ? ExitCodes.Done : ExitCodes.No;
    }

    private static async Task<int> AskAsync(
        AdminQuestion question, ExplainRequest request, OutputFlag output, ParseResult parsed)
    {
        string query = $"method={Uri.EscapeDataString(request.Method)}"
            + $"&url={Uri.EscapeDataString(request.Url)}"
            + (request.IsSecure ? $"&sni={Uri.EscapeDataString(request.ServerName)}" : "");
        foreach (Config.Model.HeaderValue header in request.Headers)
            query += $"&h={Uri.EscapeDataString($"{header.Name}:{header.Value}")}";
        bool isTable = output.Format(parsed) == OutputFormat.Table;
        AdminAnswer answer = await question.AskAsync(
            $"explain?{query}", isTable ? "text/plain" : "application/json");
        if (!answer.IsOk)
            return await Complaints.SayAsync(answer.Text);
        output.Print(parsed, isTable ? null : JsonNode.Parse(answer.Text), () => answer.Text);
        return answer.IsServed ? ExitCodes.Done : ExitCodes.No;
    }
}
