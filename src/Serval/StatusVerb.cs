using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Serval.Common;
using Serval.CommandLine.Vpp;

namespace Serval.CommandLine;

/// <summary><c>serval status</c>: the routers of a running gateway, and whether they keep step.</summary>
internal static class StatusVerb
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        AdminClientFlags flags = new();
        flags.Admin.DefaultValueFactory = _ => "127.0.0.1:9902";
        flags.Admin.Description = "Admin API of a running gateway, such as 127.0.0.1:9902";
        Command verb = new("status", "Show the routers of a gateway, and whether they keep step");
        flags.AddTo(verb);
        verb.SetAction(parsed => AskAsync(parsed, flags));
        return verb;
    }

    private static async Task<int> AskAsync(ParseResult parsed, AdminClientFlags flags)
    {
        try
        {
            using HttpClient client = flags.Connect(parsed);
            using HttpResponseMessage answer = await client.GetAsync(new Uri("routers", UriKind.Relative));
            string text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                return await Complaints.SayAsync(
                    $"{client.BaseAddress} answered {(int)answer.StatusCode}: {text.TrimEnd()}");
            }
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
        JsonElement root = document.RootElement;
        string leads = root.GetProperty("isLeader").GetBoolean()
            ? "leads"
            : $"follows {root.GetProperty("leader").GetString()}";
        Console.Out.WriteLine(
            $"{root.GetProperty("identity").GetString()} {leads}; "
            + $"version {root.GetProperty("version").GetString()}");
        TextTable table = new(
            "ROUTER", "READY", "VERSION", ">BEHIND", ">PUSHES", ">FAILED", ">LAST MS", "PROBLEM");
        foreach (JsonElement router in root.GetProperty("routers").EnumerateArray())
        {
            JsonElement findings = router.GetProperty("findings");
            string problem = router.GetProperty("failure").GetString() is { Length: > 0 } failure
                ? failure
                : findings.GetArrayLength() > 0 ? findings[0].GetProperty("message").GetString() ?? "" : "";
            table.Add(
                router.GetProperty("name").GetString() ?? "",
                router.GetProperty("isReady").GetBoolean() ? "yes" : "no",
                router.GetProperty("version").GetString() ?? "",
                Number(router, "snapshotsBehind"), Number(router, "pushes"), Number(router, "failedPushes"),
                Number(router, "lastPushMs"), problem);
        }
        Console.Out.Write(table);
    }

    private static string Number(JsonElement owner, string name) =>
        owner.GetProperty(name).GetDouble().ToString(CultureInfo.InvariantCulture);
}
