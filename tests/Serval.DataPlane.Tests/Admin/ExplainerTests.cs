using Serval.Config.Model;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class ExplainerTests
{
    [Fact]
    public async Task Explanations_beyond_the_bound_are_refused_and_the_others_are_written()
    {
        using Explainer explainer = new();
        Snapshot live = Large();
        Assert.True(ExplainRequest.TryParse(
            "GET", "http://a.example/", null, [], out ExplainRequest? request, out _));
        Task<Explanation?>[] asked = [.. Enumerable.Range(0, 64).Select(_ => Task.Factory.StartNew(
            () => explainer.Explain(live, request, new RouterOptions()), TaskCreationOptions.LongRunning))];
        Explanation?[] answers = await Task.WhenAll(asked);
        int written = answers.Count(answer => answer is not null);
        Assert.InRange(written, AdminLimits.ExplanationsWaiting + 1, 63);
        Assert.NotNull(explainer.Explain(live, request, new RouterOptions()));
    }

    [Fact]
    public void Each_configuration_is_explained_by_its_own_tables()
    {
        using Explainer explainer = new();
        Assert.True(ExplainRequest.TryParse(
            "GET", "http://a.example:81/", null, [], out ExplainRequest? request, out _));
        const string nothing = "no listener has port 81";
        Snapshot without = new() { Version = "v1" };
        Snapshot with = new()
        {
            Version = "v2",
            Listeners = [new Listener { Name = "l", Port = 81, Protocol = ListenerProtocol.Http }],
        };
        Assert.Contains(nothing, explainer.Explain(without, request, new RouterOptions())!.ToText(),
            StringComparison.Ordinal);
        Assert.Contains("404", explainer.Explain(with, request, new RouterOptions())!.ToText(),
            StringComparison.Ordinal);
        Assert.Contains(nothing, explainer.Explain(without, request, new RouterOptions())!.ToText(),
            StringComparison.Ordinal);
    }

    /// <summary>Takes long enough to compile that the others have to wait.</summary>
    private static Snapshot Large() => new()
    {
        Version = "v1",
        Listeners = [new Listener { Name = "l", Port = 80, Protocol = ListenerProtocol.Http }],
        Routes =
        [
            .. Enumerable.Range(0, 20_000).Select(i => new HttpRoute
            {
                Name = $"t/r{i:00000}",
                Attachments = [new Attachment { Listener = "l", Hostnames = [$"h{i}.example"] }],
                Rules = [new HttpRule { Filters = [] }],
            }),
        ],
    };
}
