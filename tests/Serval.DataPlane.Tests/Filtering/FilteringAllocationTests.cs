using Serval.Config.Model;
using Serval.DataPlane.Filtering;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Filtering;

public sealed class FilteringAllocationTests
{
    [Fact]
    public void Writers_allocate_nothing()
    {
        HeaderEdits edits = new()
        {
            Remove = ["Accept"],
            Set = [new HeaderValue("X-Set", "1")],
            Add = [new HeaderValue("X-Add", "1")],
        };
        RewriteFilter rewrite = new() { Path = new PathChange(PathChangeKind.ReplacePrefix, "/x") };
        using FilterBench requests = new(
            "/", [rewrite, new RequestHeaderFilter(edits), new ResponseHeaderFilter(edits)],
            [new RequestHeaderFilter(edits)]);
        using FilterBench redirects = new("/", [new RedirectFilter { Scheme = "https", Port = 8443 }]);
        using FilterBench plain = new();
        byte[][] others = [.. ValidRequests.Select(Bytes)];
        byte[] request =
            Bytes("GET /a?b HTTP/1.1\r\nHost: a\r\nAccept: x\r\nContent-Length: 5\r\nX-Y: z\r\n\r\n");
        byte[] response = Bytes("HTTP/1.1 200 OK\r\nAccept: x\r\nContent-Length: 5\r\n\r\n");
        byte[] output = new byte[4096];

        void WriteAll()
        {
            requests.Head.Parse(request);
            Assert.True(requests.Request(request, requests.Find(request), output) > 0);
            foreach (byte[] other in others)
            {
                plain.Head.Parse(other);
                Assert.True(plain.Request(other, plain.Find(other), output) > 0);
            }

            requests.Reply.Parse(response, MethodKind.Get, false);
            Assert.True(requests.Response(response, output) > 0);
            Http1Encoder interim = new(output);
            ResponseHeadWriter.WriteInterim(ref interim, response, requests.Reply);
            Assert.True(interim.Written > 0);
            redirects.Head.Parse(request);
            Assert.True(redirects.Redirect(request, redirects.Find(request), output) > 0);
            Http1Encoder answer = new(output);
            LocalResponse.Write(
                ref answer, 503, "x"u8, false, default, new RequestId(1, 2), FilterBench.DateBytes);
            Assert.True(answer.Written > 0);
        }

        Assert.Equal(0, Allocations.Least(WriteAll));
    }
}
