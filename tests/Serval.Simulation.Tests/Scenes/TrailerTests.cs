using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Simulation.Tests.Scenes;

/// <summary>The fields behind a body go from one leg to the other as an event of the exchange.</summary>
public sealed class TrailerTests
{
    private const string Endpoint = "10.1.0.1";
    private const string Trailers = "X-Sum: 42\r\nX-Edited: no\r\nContent-Length: 7\r\n";
    private const string Chunks = "2\r\nok\r\n0\r\n" + Trailers + "\r\n";

    [Fact]
    public void Trailers_of_a_response_reach_the_client_but_for_what_an_edit_decides()
    {
        using Scene scene = new(SceneSnapshot.Of(EditingRule(), Endpoint));
        scene.Upstream(Endpoint).Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        string answer = scene.Connect().Get("/");
        Assert.EndsWith("2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Trailers_of_a_request_reach_the_upstream_but_for_what_an_edit_decides()
    {
        using Scene scene = new(SceneSnapshot.Of(EditingRule(), Endpoint));
        SceneUpstream upstream = scene.Upstream(Endpoint);
        SceneClient client = scene.Connect();
        client.Send("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        const string expected = "2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n";
        scene.RunUntil(() => upstream.Connections.Count == 1
            && upstream.Connections[0].Received.EndsWith(expected, StringComparison.Ordinal));
    }

    // HTTP/1.0 knows no chunks: its body ends by the close, and there is no place for fields behind it.
    [Fact]
    public void A_client_whose_body_ends_by_the_close_gets_the_body_without_its_trailers()
    {
        using Scene scene = new(SceneSnapshot.Of(EditingRule(), Endpoint));
        scene.Upstream(Endpoint).Saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks);
        SceneClient client = scene.Connect();
        client.Send("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n");
        scene.RunUntil(() => client.IsEnded);
        Assert.EndsWith("\r\n\r\nok", client.Received, StringComparison.Ordinal);
        Assert.Equal("completed", scene.Record().GetProperty("outcome").GetString());
    }

    private static HttpRule EditingRule()
    {
        ImmutableArray<HeaderValue> set = [new HeaderValue("X-Edited", "yes")];
        return new HttpRule
        {
            Filters =
            [
                new RequestHeaderFilter(new HeaderEdits { Set = set }),
                new ResponseHeaderFilter(new HeaderEdits { Set = set }),
            ],
        };
    }
}
