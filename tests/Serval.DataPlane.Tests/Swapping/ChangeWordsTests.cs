using Serval.Config.Model;
using Serval.DataPlane.Swapping;

namespace Serval.DataPlane.Tests.Swapping;

public sealed class ChangeWordsTests
{
    private static readonly Snapshot Before = new()
    {
        Version = "1",
        Routes = [Route("a"), Route("b"), Route("c"), Route("d")],
        Clusters = [new Cluster { Name = "x" }, new Cluster { Name = "y" }],
        EndpointSets = [Set("x", 1), Set("y", 2)],
    };

    [Fact]
    public void What_came_went_and_changed_is_told_whatever_the_order_of_the_lists()
    {
        HttpRoute changed = Before.Routes[1] with { CreatedAtMs = 1 };
        HttpRoute same = Before.Routes[3] with { };
        Snapshot after = Before with
        {
            Version = "2",
            Routes = [Before.Routes[0], changed, same, Route("e"), Route("f")],
            EndpointSets = [Set("x", 3), Before.EndpointSets[1]],
        };
        const string Words = "+2 −1, 1 changed routes; x: 1 → 3 endpoints ready";
        Assert.Equal(Words, ChangeWords.Between(Before, after));
        Snapshot turned = after with
        {
            Routes = [.. after.Routes.Reverse()],
            EndpointSets = [.. after.EndpointSets.Reverse()],
        };
        Assert.Equal(Words, ChangeWords.Between(Before, turned));
        Assert.Equal("it changes nothing", ChangeWords.Between(after, turned));
    }

    [Fact]
    public void A_change_of_one_route_among_many_costs_no_table_of_them()
    {
        Snapshot many = Before with
        {
            Routes = [.. Enumerable.Range(10_000, 5_000).Select(i => Route($"r{i}"))],
        };
        Snapshot more = many with { Routes = many.Routes.Insert(2_500, Route("r12499a")) };
        Assert.Equal("+1 −0 routes", ChangeWords.Between(many, more));
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = ChangeWords.Between(many, more);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Theory]
    [InlineData(64, "64 changed routes")]
    [InlineData(65, "64 or more changed routes")]
    public void Only_so_many_are_compared(int changed, string words)
    {
        Snapshot before = Before with
        {
            Routes = [.. Enumerable.Range(100, changed).Select(i => Route($"r{i}"))],
        };
        Snapshot after = before with
        {
            Routes = [.. before.Routes.Select(route => route with { CreatedAtMs = 1 })],
        };
        Assert.Equal(words, ChangeWords.Between(before, after));
    }

    private static HttpRoute Route(string name) => new() { Name = name };

    private static EndpointSet Set(string cluster, int endpoints) => new(
        cluster, [.. Enumerable.Range(1, endpoints).Select(i => new Endpoint("10.0.0.1", i))]);
}
