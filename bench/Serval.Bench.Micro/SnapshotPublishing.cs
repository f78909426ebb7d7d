using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane;

namespace Serval.Bench.Micro;

/// <summary>What a new configuration costs the control side.</summary>
[MemoryDiagnoser(false)]
public class SnapshotPublishing
{
    private Snapshot? _snapshot;
    private Snapshot? _other;
    private Snapshot? _more;
    private Router? _router;

    /// <summary>How many routes there are.</summary>
    [Params(5_000, 100_000)]
    public int Routes { get; set; }

    /// <summary>Builds the snapshot, and starts a router with one worker that serves it.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _router = Router.Start(new RouterOptions { Workers = 1 }, NullLoggerFactory.Instance);
        _snapshot = RouteSet.Build(Routes, RouteShape.ByHost, FreePort());
        // Only lists in order of names are compared item by item.
        _snapshot = _snapshot with
        {
            Clusters = [.. _snapshot.Clusters.OrderBy(cluster => cluster.Name, StringComparer.Ordinal)],
            Routes = [.. _snapshot.Routes.OrderBy(route => route.Name, StringComparer.Ordinal)],
        };
        _other = RouteSet.WithEndpointChanged(_snapshot, 9001);
        HttpRoute older = _snapshot.Routes[Routes / 2] with { CreatedAtMs = 1 };
        _more = _snapshot with { Version = "more", Routes = _snapshot.Routes.SetItem(Routes / 2, older) };
        ApplyOrThrow(_snapshot);
    }

    /// <summary>Stops the router.</summary>
    [GlobalCleanup]
    public async Task TearDownAsync() => await _router!.DisposeAsync().ConfigureAwait(false);

    /// <summary>Looks for findings, nothing else.</summary>
    [Benchmark]
    public int Validate() => SnapshotValidator.Validate(_snapshot!).Length;

    /// <summary>Builds the tables (which validates too) and frees them.</summary>
    [Benchmark]
    public long Compile()
    {
        using CompiledSnapshot compiled = CompiledSnapshot.Compile(_snapshot!);
        return compiled.MemoryBytes;
    }

    /// <summary>All that lies between a snapshot and the worker that has adopted it.</summary>
    [Benchmark]
    public void Apply() => ApplyOrThrow(_snapshot!);

    /// <summary>The same configuration with one endpoint changed, as a deployment changes it.</summary>
    [Benchmark]
    public void Apply_with_one_endpoint_changed()
    {
        ApplyOrThrow(_other!);
        (_snapshot, _other) = (_other, _snapshot);
    }

    /// <summary>The same configuration with one route changed.</summary>
    [Benchmark]
    public void Apply_with_one_route_changed()
    {
        ApplyOrThrow(_more!);
        (_snapshot, _more) = (_more, _snapshot);
    }

    private void ApplyOrThrow(Snapshot snapshot)
    {
        ApplyResult result = _router!.Apply(snapshot);
        if (!result.IsAccepted || !result.Findings.IsEmpty)
            throw new InvalidOperationException($"the snapshot is refused: {result.Findings[0]}");
    }

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
