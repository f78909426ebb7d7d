namespace Serval.Delivery.Tests.Harness;

/// <summary>The working copy that the tests were built from, and what may lie beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>
    /// The folder of reference data that SERVAL_SHARED names, else <c>shared</c> beside or above the
    /// repository; null where there is none.
    /// </summary>
    public static string? Shared { get; } =
        Environment.GetEnvironmentVariable("SERVAL_SHARED") ?? FindShared();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    /// <summary>Files below a folder, relative to the root, sorted.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(PathOf(folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "out"))
            .Order(StringComparer.Ordinal);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Serval.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("There is no Serval.sln above the tests."));

    private static string? FindShared()
    {
        for (DirectoryInfo? at = new(Root); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, "shared");
            if (Directory.Exists(Path.Combine(folder, "schemas")))
                return folder;
        }
        return null;
    }
}
