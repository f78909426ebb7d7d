using System.Text.RegularExpressions;

namespace Serval.VppBridge.Tests.Serving;

/// <summary>The metrics of the bridge that the chart's dashboards and alerts read.</summary>
internal static partial class DashboardMetrics
{
    private static readonly string Folder = Find(AppContext.BaseDirectory);

    /// <summary>Fails unless a page has a sample of each.</summary>
    public static void AssertOn(Exposition page)
    {
        string[] names = [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .SelectMany(file => Name().Matches(File.ReadAllText(file)))
            .Select(name => name.Value).Distinct()];
        Assert.Contains("serval_vpp_up", names);
        Assert.All(names, name => Assert.True(page.CountOf(name) > 0, $"{name} is on no page"));
    }

    private static string Find(string folder)
    {
        string files = Path.Combine(folder, "charts", "serval", "files");
        return Directory.Exists(files) ? files : Find(Path.GetDirectoryName(folder)!);
    }

    [GeneratedRegex("serval_vpp_[a-z0-9_]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Name();
}
