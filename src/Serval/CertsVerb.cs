using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serval.CommandLine.Printing;
using Serval.CommandLine.Vpp;

namespace Serval.CommandLine;

/// <summary>
/// <c>serval certs</c>: the certificates of a running router, for which names, until when, from where, and
/// whether their keys are held. Never a key.
/// </summary>
internal static class CertsVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        AdminClientFlags flags = new();
        OutputFlag output = new();
        Command verb = new("certs", "Show the certificates of a router: names, expiry, source")
        {
            output.Option,
        };
        flags.AddTo(verb);
        verb.SetAction(async parsed =>
        {
            AdminAnswer answer = await new AdminQuestion(flags, parsed).AskAsync("certs");
            if (!answer.IsOk)
                return await Complaints.SayAsync(answer.Text);
            if (output.Format(parsed) == OutputFormat.Table)
                Print(answer.Text);
            else
                output.Print(parsed, JsonNode.Parse(answer.Text), () => "");
            return ExitCodes.Done;
        });
        return verb;
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
