using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Serval.CommandLine.Printing;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;
using Serval.Control;

namespace Serval.CommandLine;

/// <summary><c>serval config</c>: the configuration of a running router beside files.</summary>
internal static class ConfigVerb
{
    /// <summary>The verb.</summary>
    public static Command Create() => new(
        "config", "Compare the configuration of a running router with files")
    {
        CreateDiff(),
    };

    private static Command CreateDiff()
    {
        Argument<string> path = new("PATH") { Description = "A file or a folder with Gateway API YAML" };
        AdminClientFlags admin = new();
        OutputFlag output = new();
        Command verb = new("diff", """
            Show what the files would change on a running router.
            Exit codes: 0 nothing, 1 something, 2 they cannot be compared
            """)
        {
            path,
            output.Option,
        };
        admin.AddTo(verb);
        verb.SetAction(parsed => CompareAsync(
            parsed.GetValue(path)!, new AdminQuestion(admin, parsed), output, parsed));
        return verb;
    }

    private static async Task<int> CompareAsync(
        string path, AdminQuestion question, OutputFlag output, ParseResult parsed)
    {
        if (!Path.Exists(path))
            return await Complaints.NoSuchPathAsync(path);
        AdminAnswer answer = await question.AskAsync("config");
        if (!answer.IsOk)
            return await Complaints.SayAsync(answer.Text, ExitCodes.Usage);
        if (SnapshotJson.Read(Encoding.UTF8.GetBytes(answer.Text), out ImmutableArray<Finding> unread)
            is not { } live)
        {
            return await Complaints.SayAsync(
                $"{answer.Address} answered no configuration that this version reads: "
                + $"{unread.FirstOrDefault()?.Message}", ExitCodes.Usage);
        }

        Translation translation = new FileProvider(path).Load();
        foreach (Finding finding in translation.Findings)
        {
            if (finding.Severity == Severity.Error)
                await Console.Error.WriteLineAsync(finding.ToString());
        }
        ImmutableArray<ObjectChange> changes = SnapshotComparison.Between(live, translation.Snapshot);
        output.Print(parsed, Json(live, translation.Snapshot, changes), () => Text(changes));
        return changes.IsEmpty ? ExitCodes.Done : ExitCodes.No;
    }

    private static JsonObject Json(Snapshot live, Snapshot files, ImmutableArray<ObjectChange> changes)
    {
        JsonArray list = [];
        foreach (ObjectChange change in changes)
        {
            list.Add((JsonNode)new JsonObject
            {
                ["kind"] = NameOf(change.Kind),
                ["name"] = change.Name,
                ["before"] = change.Before is null ? null : JsonNode.Parse(change.Before),
                ["after"] = change.After is null ? null : JsonNode.Parse(change.After),
            });
        }
        return new JsonObject
        {
            ["live"] = live.Version,
            ["files"] = files.Version,
            ["changes"] = list,
        };
    }

    private static string Text(ImmutableArray<ObjectChange> changes)
    {
        if (changes.IsEmpty)
            return "no difference\n";
        StringBuilder text = new();
        foreach (ObjectChange change in changes)
        {
            char sign = change.Before is null ? '+' : change.After is null ? '-' : '~';
            text.Append(sign).Append(' ').Append(NameOf(change.Kind)).Append(' ').Append(change.Name)
                .Append('\n');
            if (change is not { Before: { } before, After: { } after })
                continue;
            foreach (string line in LineDifference.Between(before.Split('\n'), after.Split('\n')))
                text.Append("    ").Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string NameOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Listener => "listener",
        ObjectKind.Route => "route",
        ObjectKind.Cluster => "cluster",
        ObjectKind.Endpoints => "endpoints",
        ObjectKind.TlsRoute => "tls-route",
        ObjectKind.Certificate => "certificate",
        _ => "authority",
    };
}
