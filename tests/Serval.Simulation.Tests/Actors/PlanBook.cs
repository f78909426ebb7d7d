namespace Serval.Simulation.Tests.Actors;

/// <summary>The exchanges of a run by their number, which is the last element of their path.</summary>
internal sealed class PlanBook
{
    private readonly List<ExchangePlan> _plans = [];

    public IReadOnlyList<ExchangePlan> Plans => _plans;

    public int Count => _plans.Count;

    public void Add(ExchangePlan plan) => _plans.Add(plan);

    public ExchangePlan? Find(string path)
    {
        int slash = path.LastIndexOf('/');
        bool isNumber = int.TryParse(path.AsSpan(slash + 1), out int id);
        return isNumber && id < _plans.Count ? _plans[id] : null;
    }
}
