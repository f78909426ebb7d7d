namespace Serval.House.Tests;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "out", ".git"];

    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>Every C# file that people write.</summary>
    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files("*.cs").Select(path => new SourceFile(path, Read(path)))];

    /// <summary>Paths relative to the root, sorted; nothing that a build left.</summary>
    public static IEnumerable<string> Files(string pattern) =>
        Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(Built.Contains))
            .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot(string folder) => File.Exists(Path.Combine(folder, "Serval.sln"))
        ? folder
        : FindRoot(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("There is no Serval.sln above."));
}
