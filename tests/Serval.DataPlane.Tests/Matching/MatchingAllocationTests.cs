using Serval.Config.Compiling;
using Serval.DataPlane.Http;
using Serval.DataPlane.Http1;
using static Serval.DataPlane.Tests.Http1.HeadText;

namespace Serval.DataPlane.Tests.Matching;

public sealed class MatchingAllocationTests
{
    [Fact]
    public void Lookups_among_many_routes_of_every_kind_allocate_nothing()
    {
        using CompiledSnapshot snapshot = CompiledSnapshot.Compile(ManyRoutes.Build(80, [9000], []));
        byte[][] requests =
            [.. Enumerable.Range(0, ManyRoutes.Count).Select(i => Bytes(ManyRoutes.Request(i)))];
        byte[] unknown = Bytes("GET /p/1/x HTTP/1.1\r\nHost: shared.example\r\nX-Kind: k6\r\n\r\n");
        RequestHead head = NewRequest();
        int[] rules = new int[requests.Length];

        void FindAll()
        {
            for (int i = 0; i < requests.Length; i++)
            {
                int scanned = 0;
                head.Parse(requests[i], ref scanned);
                rules[i] = Find(snapshot, head, requests[i]);
            }

            head.Parse(unknown);
            Assert.True(Find(snapshot, head, unknown) < 0);
        }

        FindAll(); // regular expressions build their automata
        for (int i = 0; i < rules.Length; i++)
        {
            Assert.True(rules[i] >= 0, $"no route for {ManyRoutes.Request(i)}");
            Assert.Equal(
                ManyRoutes.Name(i), snapshot.Source.Routes[snapshot.Rule(rules[i]).RouteIndex].Name);
        }

        Assert.Equal(0, Allocations.Least(FindAll));
    }

    private static int Find(CompiledSnapshot snapshot, RequestHead head, byte[] input)
    {
        Span<byte> host = stackalloc byte[HeaderLimits.HostBytesMax];
        RequestTarget target = new()
        {
            Host = host[..head.CopyHostLower(input, host)],
            Method = head.MethodRange.Of(input),
            Path = head.Path(input),
            Query = head.QueryRange.Of(input),
        };
        scoped RequestHeaderView headers = new(head, input);
        return snapshot.Match(snapshot.FindListener(0, target.Host), target, ref headers).RuleId;
    }
}
