using Serval.Config.Model;
using Serval.Control.Translating;

namespace Serval.Control.Tests.Translating;

public sealed class SnapshotPartTests
{
    private readonly SnapshotPart<Cluster> _part = new(cluster => new Snapshot
    {
        Version = "",
        Clusters = [cluster],
    });

    [Fact]
    public void What_says_the_same_again_is_no_change()
    {
        Put("a", 1_000);
        UInt128 sum = _part.Sum;
        _part.MarkTaken();
        Put("a", 1_000);
        _part.Remove("b");
        Assert.False(_part.HasChanges);
        Assert.Equal(sum, _part.Sum);
        Assert.Equal(["a"], _part.Names);
    }

    [Fact]
    public void The_sum_is_that_of_what_is_there_whatever_led_to_it()
    {
        Assert.Equal(UInt128.Zero, _part.Sum);
        Put("a", 1_000);
        UInt128 one = _part.Sum;
        Put("b", 1_000);
        UInt128 both = _part.Sum;
        Put("a", 2_000);
        Assert.NotEqual(both, _part.Sum);
        Put("a", 1_000);
        Assert.Equal(both, _part.Sum);
        _part.Remove("b");
        Assert.Equal(one, _part.Sum);
        _part.Remove("a");
        Assert.Equal(UInt128.Zero, _part.Sum);
        Assert.Empty(_part.Names);
    }

    [Fact]
    public void A_name_is_changed_or_removed_and_never_both()
    {
        Put("a", 1_000);
        Put("b", 1_000);
        _part.Remove("a");
        Assert.Equal(["b"], _part.Changed.Select(cluster => cluster.Name));
        Assert.Equal("a", Assert.Single(_part.Removed));
        Put("a", 2_000);
        Assert.Equal(["a", "b"], _part.Changed.Select(cluster => cluster.Name));
        Assert.Empty(_part.Removed);
        _part.Remove("b");
        _part.MarkTaken();
        Assert.Empty(_part.Changed);
        Assert.Empty(_part.Removed);
        Assert.False(_part.HasChanges);
    }

    private void Put(string name, int connectTimeoutMs) =>
        _part.Put(name, new Cluster { Name = name, ConnectTimeoutMs = connectTimeoutMs });
}
