using Serval.Bench.Load.Rivals;

namespace Serval.Bench.Load.Sieging;

/// <summary>What the siege verb was asked to do.</summary>
internal sealed record SiegePlan(IReadOnlyList<SiegeKind> Kinds, IReadOnlyList<ProxyRecipe> Proxies,
    double Share, double Seconds, int ProxyCpu, int GeneratorCpu)
{
    private const double QuickSeconds = 2;
    private const double DefaultSeconds = 6;

    public static SiegePlan From(string[] args, string root)
    {
        Arguments options = new(
            args, "kind", "proxy", "quick", "share", "seconds", "serval", "proxy-cpu", "cpu");
        IReadOnlyList<ProxyRecipe> recipes = [.. ProxyRecipe.All(root,
            options.Text("serval", Path.Combine(root, "out", "serval"))).Where(recipe => !recipe.IsBare)];
        return new SiegePlan(
            Chosen(SiegeKind.All, kind => kind.Name, options.List("kind"), "siege"),
            Chosen(recipes, recipe => recipe.Name, options.List("proxy"), "proxy"),
            options.Seconds("share", 1),
            options.Seconds("seconds", options.Has("quick") ? QuickSeconds : DefaultSeconds),
            (int)options.Number("proxy-cpu", 0),
            (int)options.Number("cpu", 1));
    }

    private static IReadOnlyList<T> Chosen<T>(
        IReadOnlyList<T> all, Func<T, string> name, IReadOnlyList<string> asked, string what) =>
        asked.Count == 0 ? all : [.. asked.Select(wanted =>
            all.FirstOrDefault(one => name(one) == wanted)
            ?? throw new FormatException(
                $"no {what} is called '{wanted}'; there are {string.Join(", ", all.Select(name))}"))];
}
