using Serval.Control.Kubernetes;
using Serval.Control.Sources;

namespace Serval.Control.Tests.Sources;

public sealed class ReferencesTests
{
    [Fact]
    public void As_many_as_the_bound_are_read_and_the_same_ones_each_time()
    {
        HashSet<ObjectKey> wanted = [.. Enumerable.Range(0, SourceLimits.ReferencedMax).Select(Secret)];
        Assert.Same(wanted, References.Bound(wanted, out int leftOut));
        Assert.Equal(0, leftOut);

        HashSet<ObjectKey> more = [Secret(SourceLimits.ReferencedMax), Secret(-1), .. wanted];
        HashSet<ObjectKey> read = References.Bound(more, out leftOut);
        Assert.Equal(2, leftOut);
        Assert.Equal(more.Order().Take(SourceLimits.ReferencedMax), read.Order());
        Assert.Equal(read.Order(), References.Bound([.. more.Reverse()], out _).Order());
    }

    private static ObjectKey Secret(int number) =>
        new(Groups.Core, Kinds.Secret, "default", $"s{number + 1:00000}");
}
