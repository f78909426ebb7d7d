namespace Serval.Integration.Tests.Harness;

/// <summary>The working copy that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Serval.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder)
            ?? throw new DirectoryNotFoundException("There is no Serval.sln above the tests."));
}
