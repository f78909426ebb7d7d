using Serval.Bench.Load.Driving;
using Serval.Bench.Load.Scaling;
using Serval.Bench.Load.Tls;

namespace Serval.Bench.Load.Rivals;

/// <summary>What the bench verb was asked to do.</summary>
internal sealed record BenchPlan(string Root, IReadOnlyList<Scenario> Scenarios,
    IReadOnlyList<ScaleScenario> Scales, IReadOnlyList<ProxyRecipe> Proxies, int Rounds, int Laps,
    int ScaleLaps, int ProxyCpu, int GeneratorCpu, string ResultsDirectory)
{
    public static BenchPlan From(string[] args, string root)
    {
        Arguments options = new(args, "scenario", "proxy", "rounds", "laps", "seconds", "warmup", "quick",
            "serval", "before", "results", "proxy-cpu", "cpu");
        bool isQuick = options.Has("quick");
        IReadOnlyList<ProxyRecipe> recipes = ProxyRecipe.All(root,
            options.Text("serval", Path.Combine(root, "out", "serval")),
            options.Has("before") ? options.Text("before", "") : null);
        // Two builds side by side are compared with each other alone, unless more is asked for.
        IReadOnlyList<string> proxies = options.Has("proxy")
            ? options.List("proxy")
            : [.. recipes.Where(recipe => recipe.IsServal || !options.Has("before"))
                .Select(recipe => recipe.Name)];
        IReadOnlyList<string> names = options.Has("scenario")
            ? options.List("scenario")
            : isQuick ? Scenario.Quick : [.. Scenario.All.Select(scenario => scenario.Name)];
        IReadOnlyList<ScaleScenario> scales = [.. ScaleScenario.All
            .Where(scale => names.Contains(scale.Name) || names.Contains(ScaleScenario.AllOfThem))];
        IEnumerable<string> withTls = Scenario.All.Where(scenario => scenario.Tls != TlsUse.None)
            .Select(scenario => scenario.Name);
        IEnumerable<string> plain = names
            .SelectMany(name => name == Scenario.AllTls ? withTls : [name])
            .Where(name => name != ScaleScenario.AllOfThem && scales.All(scale => scale.Name != name));
        return new BenchPlan(
            root,
            [.. WithNeeded([.. plain]).Select(name => Find(name, options))],
            [.. scales.Select(scale => scale.With(step => Timed(step, options)))],
            [.. proxies.Select(name => recipes.FirstOrDefault(recipe => recipe.Name == name)
                ?? throw new FormatException($"no proxy is called '{name}'"))],
            (int)options.Number("rounds", isQuick ? 1 : 3),
            (int)options.Number("laps", isQuick ? 8 : 12),
            (int)options.Number("laps", 8),
            (int)options.Number("proxy-cpu", 0),
            (int)options.Number("cpu", 1),
            options.Text("results", Path.Combine(root, "bench", "results")));
    }

    // A rate taken from the rivals needs to know first what they reach.
    private static IEnumerable<string> WithNeeded(IReadOnlyList<string> names) =>
        names.Contains("rate-64") ? ["keepalive-64", .. names.Where(name => name != "keepalive-64")] : names;

    private static Scenario Find(string name, Arguments options)
    {
        IEnumerable<string> known = Scenario.All.Select(scenario => scenario.Name)
            .Concat(ScaleScenario.All.Select(scale => scale.Name)).Append(ScaleScenario.AllOfThem)
            .Append(Scenario.AllTls);
        Scenario scenario = Scenario.All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new FormatException(
                $"no scenario is called '{name}'; there are {string.Join(", ", known)}");
        return Timed(scenario, options);
    }

    private static Scenario Timed(Scenario scenario, Arguments options) => scenario with
    {
        Seconds = options.Seconds("seconds", scenario.Seconds),
        WarmUpSeconds = options.Seconds("warmup", scenario.WarmUpSeconds),
    };
}
