using System.Globalization;
using System.Text.Json.Nodes;
using Serval.Delivery.Tests.Harness;

namespace Serval.Delivery.Tests.Seccomp;

/// <summary>deploy/seccomp/serval-router.json, and the programs that run others under it.</summary>
internal sealed class SeccompProfile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serval-seccomp-").FullName;
    private readonly JsonNode _profile =
        JsonNode.Parse(Repository.Read("deploy/seccomp/serval-router.json"))!;

    private SeccompProfile()
    {
    }

    /// <summary>Runs a program under the profile: itself, the list, the program, its arguments.</summary>
    public string Loader => Path.Combine(_folder, "seccomp-run");

    /// <summary>The profile as the loader reads it.</summary>
    public string List => Path.Combine(_folder, "list");

    /// <summary>Makes the system call that its argument names.</summary>
    public string Forbidden => Path.Combine(_folder, "forbidden");

    public IEnumerable<string> Allowed => Entries().Where(entry => Action(entry) == "SCMP_ACT_ALLOW")
        .SelectMany(Names);

    /// <summary>Builds the programs, and writes the list without the names that are left out.</summary>
    public static async Task<SeccompProfile> CreateAsync(params string[] without)
    {
        SeccompProfile profile = new();
        foreach (string program in new[] { profile.Loader, profile.Forbidden })
        {
            string source = Repository.PathOf($"tests/seccomp-run/{Path.GetFileName(program)}.c");
            _ = (await Command.RunAsync(
                "gcc", "-O1", "-Wall", "-Werror", "-D_GNU_SOURCE", "-o", program, source, "-lseccomp")).Good;
        }
        await File.WriteAllLinesAsync(
            profile.List, profile.Entries().SelectMany(entry => Lines(entry, without)));
        return profile;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static IEnumerable<string> Lines(JsonObject entry, string[] without)
    {
        foreach (string name in Names(entry).Except(without))
        {
            if (Action(entry) == "SCMP_ACT_ERRNO")
                yield return $"errno {name} {entry["errnoRet"]}";
            else if (entry["args"]?[0] is { } argument)
            {
                Assert.Equal("SCMP_CMP_MASKED_EQ", argument["op"]!.GetValue<string>());
                yield return string.Create(CultureInfo.InvariantCulture,
                    $"masked {name} {argument["index"]} {argument["value"]} {argument["valueTwo"]}");
            }
            else
                yield return $"allow {name}";
        }
    }

    private static string Action(JsonObject entry) => entry["action"]!.GetValue<string>();

    private static IEnumerable<string> Names(JsonObject entry) =>
        entry["names"]!.AsArray().Select(name => name!.GetValue<string>());

    private IEnumerable<JsonObject> Entries() =>
        _profile["syscalls"]!.AsArray().Select(entry => entry!.AsObject());
}
