using Serval.Config.Model;
using Serval.DataPlane.Admin;

namespace Serval.DataPlane.Tests.Admin;

public sealed class ExplainScreenTests
{
    private static readonly Endpoint One = new("192.0.2.1", 8080);
    private static readonly Endpoint Other = new("192.0.2.2", 8080);

    [Fact]
    public void A_backend_that_gets_nothing_answers_nothing()
    {
        HttpRule rule = new()
        {
            Backends =
            [
                new WeightedCluster { Cluster = "ready", Weight = 0 },
                new WeightedCluster { Cluster = "empty" },
            ],
        };
        Explanation explanation = Explain(
            rule, new EndpointSet("ready", [One]), new EndpointSet("empty", []));
        Assert.Equal(
            [
                "0 % to ready, which is 192.0.2.1:8080",
                "100 % to empty, which has no ready endpoint: 503",
            ],
            Backends(explanation));
        Assert.False(explanation.IsServed);
    }

    [Fact]
    public void Endpoints_to_fall_back_to_answer_where_no_other_is()
    {
        HttpRule rule = new() { Backends = [new WeightedCluster { Cluster = "ready" }] };
        EndpointSet both = new("ready", [One]) { Fallback = [Other] };
        Explanation explanation = Explain(rule, both);
        Assert.Equal(["100 % to ready, which is 192.0.2.1:8080"], Backends(explanation));
        Assert.True(explanation.IsServed);
        explanation = Explain(rule, both with { Endpoints = [] });
        Assert.Equal(["100 % to ready, which falls back to 192.0.2.2:8080"], Backends(explanation));
        Assert.True(explanation.IsServed);
        explanation = Explain(rule, new EndpointSet("ready", []));
        Assert.Equal(["100 % to ready, which has no ready endpoint: 503"], Backends(explanation));
        Assert.False(explanation.IsServed);
    }

    private static IEnumerable<string> Backends(Explanation explanation) =>
        explanation.Lines.Where(line => line.Name == "backend").Select(line => line.Value);

    private static Explanation Explain(HttpRule rule, params EndpointSet[] sets)
    {
        Assert.True(ExplainRequest.TryParse(
            "GET", "http://a.example/", null, [], out ExplainRequest? request, out _));
        Snapshot snapshot = new()
        {
            Version = "v1",
            Listeners = [new Listener { Name = "l", Port = 80, Protocol = ListenerProtocol.Http }],
            Routes =
            [
                new HttpRoute
                {
                    Name = "ns/r",
                    Attachments = [new Attachment { Listener = "l" }],
                    Rules = [rule],
                },
            ],
            Clusters = [new Cluster { Name = "ready" }, new Cluster { Name = "empty" }],
            EndpointSets = [.. sets],
        };
        return ExplainScreen.Write(snapshot, request, new RouterOptions());
    }
}
