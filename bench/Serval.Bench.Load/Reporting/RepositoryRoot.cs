namespace Serval.Bench.Load.Reporting;

/// <summary>Where the working copy is that the program was built from.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        for (string? at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "Serval.sln")))
            {
                return at;
            }
        }

        throw new IOException("Serval.sln was not found above the program");
    }
}
