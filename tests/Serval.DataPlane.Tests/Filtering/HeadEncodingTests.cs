using System.Text;
using Serval.Config.Model;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

/// <summary>
/// What a head says does not depend on how it is written: HTTP/1's encoder, which copies runs of lines, says
/// the same as one that is told every fact by itself.
/// </summary>
public sealed class HeadEncodingTests
{
    private static readonly string[] OfTheVersion =
        ["Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "TE"];

    private static readonly HeaderEdits Edits = new()
    {
        Remove = ["X-Empty", "Server"],
        Set = [new HeaderValue("X-Set", "1")],
        Add = [new HeaderValue("X-Add", "2")],
    };

    public static TheoryData<string> Requests => [.. ValidRequests];

    [Theory]
    [MemberData(nameof(Requests))]
    public void A_request_says_the_same_in_every_encoding(string text)
    {
        Filter[] rewriting =
        [
            new RequestHeaderFilter(Edits),
            new RewriteFilter
            {
                Hostname = "up.example",
                Path = new PathChange(PathChangeKind.ReplacePrefix, "/new"),
            },
        ];
        foreach (Filter[] filters in new Filter[][] { [], rewriting })
        {
            using FilterBench bench = new("/", filters);
            Assert.Equal(ListRequest(bench.Request(text)), bench.RequestListed(text));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nServer: o\r\nX: y\r\nSet-Cookie: a\r\nContent-Length: 3\r\n\r\n")]
    [InlineData("HTTP/1.1 404 Not Found\r\nX : y\r\nDate: now\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nKeep-Alive: 5\r\nConnection: X-Gone\r\nX-Gone: 1\r\nX-Stays: 1\r\n\r\n")]
    public void A_response_says_the_same_in_every_encoding(string text)
    {
        foreach (Filter[] filters in new Filter[][] { [], [new ResponseHeaderFilter(Edits)] })
        {
            using FilterBench bench = new("/", filters);
            Assert.Equal(ListResponse(bench.Response(text)), bench.ResponseListed(Bytes(text)));
        }
    }

    private static string ListRequest(string head)
    {
        string[] lines = head.Split("\r\n");
        string[] first = lines[0].Split(' ');
        string host = lines[1]["Host: ".Length..];
        return $"method {first[0]}\ntarget {first[1]}\nauthority {host}\n" + ListLines(lines[2..]);
    }

    private static string ListResponse(string head)
    {
        string[] lines = head.Split("\r\n");
        return $"status {lines[0].Split(' ')[1]}\n" + ListLines(lines[1..]);
    }

    private static string ListLines(string[] lines)
    {
        StringBuilder text = new();
        foreach (string line in lines.TakeWhile(line => line.Length > 0))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string name = line[..colon];
            if (!OfTheVersion.Contains(name))
                text.Append(name).Append(": ").Append(line[(colon + 1)..].Trim(' ', '\t')).Append('\n');
        }

        return text.Append("end\n").ToString();
    }
}
