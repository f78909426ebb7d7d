using System.CommandLine;
using System.Net;
using System.Text.Json;
using Serval.Common;
using Serval.CommandLine.Vpp;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval certs</c>: the certificates of a running router, for which names, until when, from where, and
/// whether their keys are held. Never a key.
/// </summary>
internal static class CertsVerb
{
    private const string Json = "json";

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        AdminClientFlags flags = new();
        flags.Admin.DefaultValueFactory = _ => "127.0.0.1:9901";
        Option<string> output = new("--output", "-o")
        {
            HelpName = "FORMAT",
            Description = "text, or json as the admin API answers",
            DefaultValueFactory = _ => "text",
        };
        output.AcceptOnlyFromAmong("text", Json);
        Command verb = new("certs", "Show the certificates of a router: names, expiry, source")
        {
            output,
        };
        flags.AddTo(verb);
        verb.SetAction(parsed => AskAsync(parsed, flags, parsed.GetValue(output) == Json));
        return verb;
    }

    private static async Task<int> AskAsync(ParseResult parsed, AdminClientFlags flags, bool isJson)
    {
        try
        {
            using HttpClient client = flags.Connect(parsed);
            using HttpResponseMessage answer = await client.GetAsync(new Uri("certs", UriKind.Relative));
            string text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                return await Complaints.SayAsync(
                    $"{client.BaseAddress} answered {(int)answer.StatusCode}: {text.TrimEnd()}");
            }
            if (isJson)
                Console.Out.Write(text);
            else
                Print(text);
            return 0;
        }
        catch (Exception fault) when (
            fault is HttpRequestException or TaskCanceledException or JsonException or OptionException)
        {
            return await Complaints.SayAsync(fault.Message);
        }
    }

    private static void Print(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        TextTable table = new("CERTIFICATE", "STATE", "NOT AFTER", "SOURCE", "NAMES", "USED BY");
        foreach (JsonElement certificate in document.RootElement.GetProperty("certificates").EnumerateArray())
        {
            table.Add(
                Text(certificate, "name"), Text(certificate, "state"), Text(certificate, "notAfter"),
                Text(certificate, "source"), List(certificate, "names"), List(certificate, "usedBy"));
        }
        Console.Out.Write(table);
    }

    private static string Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static string List(JsonElement owner, string name) =>
        TextTable.List(owner.GetProperty(name).EnumerateArray().Select(item => item.GetString() ?? ""));
}
