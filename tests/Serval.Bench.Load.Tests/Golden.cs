using Serval.Bench.Load.Reporting;

namespace Serval.Bench.Load.Tests;

/// <summary>Texts as they should be; SERVAL_GOLDENS=rewrite writes them anew.</summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        string path = Path.Combine(
            RepositoryRoot.Find(), "tests", "Serval.Bench.Load.Tests", "Goldens", name);
        if (Environment.GetEnvironmentVariable("SERVAL_GOLDENS") == "rewrite")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; write it with SERVAL_GOLDENS=rewrite");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
