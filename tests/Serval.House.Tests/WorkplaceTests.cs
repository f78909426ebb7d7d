namespace Serval.House.Tests;

/// <summary>
/// The project speaks of itself: not of the machine it was written on, nor of where packages come from.
/// </summary>
public sealed class WorkplaceTests
{
    // Put together so that this file does not offend.
    private static readonly string[] Banned =
    [
        "/wo" + "rk/", "/ho" + "me/", "api." + "nu" + "get.org", "www.nu" + "get.org", "arti" + "factory",
            "nu" + "get.pkg",
    ];

    private static readonly string[] Kinds =
        ["*.cs", "*.md", "*.csproj", "*.props", "*.targets", "*.config", "*.sh", "*.yaml", "*.json",
        "Makefile", "run"];

    [Fact]
    public void No_file_names_a_workplace()
    {
        Assert.Empty(Kinds.SelectMany(Repository.Files).Distinct().SelectMany(path => Offences(path,
            Repository.Read(path))));
    }

    [Fact]
    public void A_planted_path_is_found()
    {
        Assert.NotEmpty(Offences("a.md", "see /wo" + "rk/notes"));
        Assert.Empty(Offences("a.md", "see docs/workers/notes"));
    }

    private static IEnumerable<string> Offences(string path, string text) => Banned
        .Where(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))
        .Select(word => $"{path}: {word}");
}
