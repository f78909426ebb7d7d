using System.Collections.Immutable;
using Serval.Control.Resolving;

namespace Serval.Control.Tests.Resolving;

public sealed class HostnamesTests
{
    [Theory]
    [InlineData(null, "a.example", "a.example")]
    [InlineData(null, "", "")]
    [InlineData("a.example", "", "")]
    [InlineData("a.example", "a.example", "a.example")]
    [InlineData("a.example", "b.example", null)]
    [InlineData("*.example", "a.example", "a.example")]
    [InlineData("*.example", "b.a.example", "b.a.example")]
    [InlineData("*.example", "example", null)]
    [InlineData("*.example", "aexample", null)]
    [InlineData("*.example", "*.a.example", "*.a.example")]
    [InlineData("*.a.example", "*.example", "*.a.example")]
    [InlineData("*.example", "*.example", "*.example")]
    [InlineData("*.a.example", "*.b.example", null)]
    [InlineData("a.example", "*.example", "a.example")]
    [InlineData("example", "*.example", null)]
    [InlineData("*.example", "b.example a.example c.test a.example", "a.example b.example")]
    public void A_route_serves_what_its_hostnames_share_with_the_listener(
        string? listener, string route, string? common)
    {
        ImmutableArray<string> actual = Hostnames.Intersect(
            listener, route.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(common, actual.IsDefault ? null : string.Join(' ', actual));
    }
}
