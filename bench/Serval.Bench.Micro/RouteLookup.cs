using System.Text;
using BenchmarkDotNet.Attributes;
using Serval.Config.Compiling;

namespace Serval.Bench.Micro;

/// <summary>
/// From host and path to a rule. Requests are drawn at random from all routes, at least as many as there are
/// routes, so that the processor's caches hold of the tables what they would hold in earnest; the requests
/// themselves lie one behind the other, as in a receive buffer.
/// </summary>
[MemoryDiagnoser(false)]
public class RouteLookup : IDisposable
{
    private const int Batch = 1_000;
    private const int RequestsMin = 10 * Batch;

    private CompiledSnapshot? _snapshot;
    private byte[] _text = [];
    private int[] _ends = [];
    private int _next;

    /// <summary>How many routes there are.</summary>
    [Params(10, 1_000, 100_000, 1_000_000)]
    public int Routes { get; set; }

    /// <summary>Compiles the routes and draws the requests.</summary>
    [GlobalSetup(Target = nameof(By_host))]
    public void SetUpHosts() => SetUp(RouteShape.ByHost);

    /// <summary>Compiles the routes and draws the requests.</summary>
    [GlobalSetup(Target = nameof(By_path_of_one_host))]
    public void SetUpPaths() => SetUp(RouteShape.ByPath);

    /// <summary>Frees the tables.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _snapshot?.Dispose();
        _snapshot = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Every route has its hostname.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public int By_host() => FindBatch();

    /// <summary>Every route has its prefix of one hostname.</summary>
    [Benchmark(OperationsPerInvoke = Batch)]
    public int By_path_of_one_host() => FindBatch();

    private void SetUp(RouteShape shape)
    {
        _snapshot = CompiledSnapshot.Compile(RouteSet.Build(Routes, shape));
        Random random = new(1);
        int count = Math.Max(Routes, RequestsMin);
        StringBuilder text = new();
        _ends = new int[2 * count];
        for (int i = 0; i < count; i++)
        {
            int route = random.Next(Routes);
            _ends[2 * i] = text.Append(RouteSet.Host(route, shape)).Length;
            _ends[(2 * i) + 1] = text.Append(RouteSet.Path(route, shape)).Append("/x").Length;
        }

        _text = Encoding.ASCII.GetBytes(text.ToString());
        _next = 0;
    }

    private int FindBatch()
    {
        NoHeaders headers = default;
        int start = _next == 0 ? 0 : _ends[_next - 1];
        int found = 0;
        for (int i = 0; i < Batch; i++)
        {
            int hostEnd = _ends[_next];
            int pathEnd = _ends[_next + 1];
            RequestTarget target = new()
            {
                Host = _text.AsSpan(start, hostEnd - start),
                Method = "GET"u8,
                Path = _text.AsSpan(hostEnd, pathEnd - hostEnd),
                Query = default,
            };
            found += _snapshot!.Match(_snapshot.FindListener(0, target.Host), target,
                ref headers).RuleId >= 0 ? 1 : 0;
            start = pathEnd;
            _next += 2;
        }

        if (_next == _ends.Length)
            _next = 0;
        return found == Batch ? found : throw new InvalidOperationException("a route was not found");
    }
}
