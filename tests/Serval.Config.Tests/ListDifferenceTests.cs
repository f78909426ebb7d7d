using Serval.Config.Model;

namespace Serval.Config.Tests;

public sealed class ListDifferenceTests
{
    [Fact]
    public void What_is_at_its_place_in_both_lists_is_in_no_result()
    {
        Cluster[] items = [.. Enumerable.Range(0, 8).Select(i => new Cluster { Name = $"c{i}" })];
        Cluster other = items[3] with { ConnectTimeoutMs = 7 };
        List<Cluster> lost = [];
        List<Cluster> gained = [];
        ListDifference.Find(
            [.. items[..6]], [items[0], items[2], other, .. items[4..]], item => item.Name, lost, gained);
        Assert.Equal([items[1], items[3]], lost);
        Assert.Equal([other, items[6], items[7]], gained);
    }

    [Fact]
    public void Whatever_the_order_of_the_lists_the_results_lead_from_one_to_the_other()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Random random = new(seed);
            Cluster[] all = [.. Enumerable.Range(0, 12).Select(i => new Cluster { Name = $"c{i:00}" })];
            Cluster[] before = [.. all.Where(_ => random.Next(2) == 0)];
            Cluster[] after =
            [
                .. all.Where(_ => random.Next(2) == 0)
                    .Select(item => random.Next(3) == 0 ? item with { ConnectTimeoutMs = 7 } : item),
            ];
            if (seed % 2 == 0)
                random.Shuffle(after);
            List<Cluster> lost = [];
            List<Cluster> gained = [];
            ListDifference.Find([.. before], [.. after], item => item.Name, lost, gained);
            Dictionary<string, Cluster> found = before.ToDictionary(item => item.Name);
            foreach (Cluster item in lost)
                Assert.True(found.Remove(item.Name), $"seed {seed}");
            foreach (Cluster item in gained)
                Assert.True(found.TryAdd(item.Name, item), $"seed {seed}");
            Assert.Equal(after.ToDictionary(item => item.Name), found);
        }
    }
}
