using Serval.Bench.Load.Driving;

namespace Serval.Bench.Load.Rivals;

/// <summary>What the bench verb was asked to do.</summary>
internal sealed record BenchPlan(IReadOnlyList<Scenario> Scenarios, IReadOnlyList<ProxyRecipe> Proxies,
    int Rounds, int ProxyCpu, int GeneratorCpu, string ResultsDirectory)
{
    public static BenchPlan From(string[] args, string root)
    {
        Arguments options = new(args, "scenario", "proxy", "rounds", "seconds", "warmup", "quick", "serval",
            "results", "proxy-cpu", "cpu");
        bool isQuick = options.Has("quick");
        IReadOnlyList<ProxyRecipe> recipes = ProxyRecipe.All(root,
            options.Text("serval", Path.Combine(root, "out", "serval")));
        IReadOnlyList<string> proxies = options.Has("proxy")
            ? options.List("proxy")
            : [.. recipes.Select(recipe => recipe.Name)];
        IReadOnlyList<string> scenarios = options.Has("scenario")
            ? options.List("scenario")
            : isQuick ? Scenario.Quick : [.. Scenario.All.Select(scenario => scenario.Name)];
        return new BenchPlan(
            [.. WithNeeded(scenarios).Select(name => Find(name, options))],
            [.. proxies.Select(name => recipes.FirstOrDefault(recipe => recipe.Name == name)
                ?? throw new FormatException($"no proxy is called '{name}'"))],
            (int)options.Number("rounds", isQuick ? 3 : 5),
            (int)options.Number("proxy-cpu", 0),
            (int)options.Number("cpu", 1),
            options.Text("results", Path.Combine(root, "bench", "results")));
    }

    // A rate taken from the rivals needs to know first what they reach.
    private static IEnumerable<string> WithNeeded(IReadOnlyList<string> names) =>
        names.Contains("rate-64") ? ["keepalive-64", .. names.Where(name => name != "keepalive-64")] : names;

    private static Scenario Find(string name, Arguments options)
    {
        string known = string.Join(", ", Scenario.All.Select(scenario => scenario.Name));
        Scenario scenario = Scenario.All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new FormatException($"no scenario is called '{name}'; there are {known}");
        return scenario with
        {
            Seconds = options.Seconds("seconds", scenario.Seconds),
            WarmUpSeconds = options.Seconds("warmup", scenario.WarmUpSeconds),
        };
    }
}
