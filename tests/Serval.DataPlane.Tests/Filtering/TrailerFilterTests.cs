using System.Text;
using Serval.DataPlane.Filtering;

namespace Serval.DataPlane.Tests.Filtering;

/// <summary>Which trailers pass beside edits of headers.</summary>
public sealed class TrailerFilterTests
{
    [Theory]
    [InlineData("X-Sum")]
    [InlineData("x-sum")]
    [InlineData("X-SUM")]
    public void A_name_that_is_edited_does_not_pass_however_it_is_written(string name)
    {
        TrailerFilter filter = Of("x-suM", "a-z", "A_Z");
        Assert.False(Passes(filter, name));
        Assert.False(Passes(filter, "A-Z"));
        Assert.False(Passes(filter, "a_z"));
        Assert.True(Passes(filter, "X-Sun"));
        Assert.True(Passes(filter, "X-Su"));
        // As far from each other as the two cases of a letter.
        Assert.False(Passes(Of("X[1"), "X[1"));
        Assert.True(Passes(Of("X[1"), "X{1"));
        Assert.True(Passes(Of("X@1"), "X`1"));
    }

    [Fact]
    public void Without_edits_everything_passes()
    {
        Assert.True(Passes(default, "X-Sum"));
        Assert.True(Passes(Of(""), "X-Sum"));
    }

    [Fact]
    public void Up_to_the_bound_other_names_pass_and_above_it_none()
    {
        string[] names = [.. Enumerable.Range(0, Limits.TrailerNames).Select(i => $"x-{i}")];
        TrailerFilter full = Of(names);
        Assert.All(names, name => Assert.False(Passes(full, name)));
        Assert.True(Passes(full, "x-other"));
        // A name that is there already takes no room, and no name is none.
        full.Add("X-0"u8);
        full.Add(default);
        Assert.True(Passes(full, "x-other"));

        full.Add("x-one-more"u8);
        Assert.All(names, name => Assert.False(Passes(full, name)));
        Assert.False(Passes(full, "x-one-more"));
        Assert.False(Passes(full, "x-other"));
        full.Add("x-and-another"u8);
        Assert.False(Passes(full, "x-other"));
    }

    private static TrailerFilter Of(params string[] names)
    {
        TrailerFilter filter = default;
        foreach (string name in names) filter.Add(Encoding.ASCII.GetBytes(name));
        return filter;
    }

    private static bool Passes(TrailerFilter filter, string name) =>
        filter.Passes(Encoding.ASCII.GetBytes(name));
}
