using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Kubernetes.Watching;
using Serval.Control.Sources;
using Serval.Control.Store;

namespace Serval.Control.Tests.Sources;

/// <summary>A source whose API server never answers: what its watches tell is told by the tests.</summary>
public sealed class KubernetesSourceTests : IEndsAsync
{
    private const string GatewayOf = """
        {"metadata":{"name":"edge","namespace":"default"},"spec":{"gatewayClassName":"serval","listeners":[
         {"name":"https","port":443,"protocol":"HTTPS","tls":{"certificateRefs":[{"name":"NAME"}]} }]} }
        """;

    private static readonly ObjectKey Certificate = new(Groups.Core, Kinds.Secret, "default", "cert");
    private readonly TempFolder _folder = new();
    private readonly ApiClient _api;
    private readonly WatchedRandom _random = new();
    private readonly KubernetesSource _source;

    public KubernetesSourceTests()
    {
        _api = ApiClients.Of(new Uri("http://127.0.0.1:1"), _folder);
        _source = new KubernetesSource(
            _api,
            new SourceOptions { ControllerName = "us", RouterService = ("serval-system", "routers") },
            TimeProvider.System, _random, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _api.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Watches_that_run_at_once_share_no_generator()
    {
        _source.Start();
        _source.FollowNodes(["n1", "n2"]);
        Assert.Equal(0, _random.Draws);
    }

    [Fact]
    public void What_is_no_longer_referred_to_is_forgotten_even_if_it_has_just_changed()
    {
        Reflector gateways = Other(Kinds.Gateway, Groups.Gateway);
        Take(
            Batch(Other(Kinds.GatewayClass, Groups.Gateway), """
                {"metadata":{"name":"serval"},"spec":{"controllerName":"us"}}
                """),
            Batch(gateways, GatewayOf.Replace("NAME", "cert", StringComparison.Ordinal)));
        Reflector watch = Assert.Single(_source.Reflectors);
        Assert.Equal((Kinds.Secret, "cert"), (watch.Scope.Kind.Kind, watch.Scope.Name));

        ChangeBatch change = Take(
            Batch(watch, """{"metadata":{"name":"cert","namespace":"default"},"data":{}}"""),
            Batch(gateways, GatewayOf.Replace("NAME", "other", StringComparison.Ordinal)));
        Assert.DoesNotContain(change.Upserts, resource => resource.Key == Certificate);
        Assert.Contains(Certificate, change.Deletes);
    }

    [Fact]
    public void A_node_without_a_router_is_forgotten_and_is_there_again_with_the_next_router()
    {
        ObjectKey node = new(Groups.Core, Kinds.Node, "", "n1");
        const string Json = """{"metadata":{"name":"n1"},"status":{"addresses":[]}}""";
        _source.FollowNodes(["n1"]);
        ChangeBatch change = Take(Batch(Assert.Single(_source.Reflectors), Json));
        Assert.Equal(node, Assert.Single(change.Upserts).Key);

        _source.FollowNodes([]);
        Assert.Equal(node, Assert.Single(Take().Deletes));
        _source.FollowNodes(["n1"]);
        _source.FollowNodes([]);
        _source.FollowNodes(["n1"]);
        change = Take(Batch(Assert.Single(_source.Reflectors), Json));
        Assert.Equal(node, Assert.Single(change.Upserts).Key);
        Assert.Empty(change.Deletes);
    }

    [Fact]
    public void A_watch_that_has_ended_says_nothing_for_the_one_that_follows_it()
    {
        _source.FollowNodes(["n1"]);
        Reflector ended = Assert.Single(_source.Reflectors);
        _source.FollowNodes([]);
        _source.FollowNodes(["n1"]);
        Reflector watch = Assert.Single(_source.Reflectors);
        Assert.NotSame(ended, watch);

        ChangeBatch change = Take(Batch(watch, NodeAt("10.0.0.2")), Batch(ended, NodeAt("10.0.0.1")));
        NodeResource node = Assert.IsType<NodeResource>(Assert.Single(change.Upserts));
        Assert.Equal("10.0.0.2", Assert.Single(node.Status.Addresses).Address);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Routers_are_no_longer_found_in_a_slice_that_is_deleted_or_becomes_that_of_another_Service(
        bool isDeleted)
    {
        Reflector slices = Other(Kinds.EndpointSlice, Groups.Discovery);
        Take(Batch(slices, SliceOf("routers")));
        EndpointSliceResource slice = Assert.Single(_source.RouterSlices);
        Assert.Equal("a", slice.Metadata.Name);

        Take(isDeleted
            ? new WatchBatch(slices, [], [slice.Key], IsComplete: false, "2")
            : Batch(slices, SliceOf("others")));
        Assert.Empty(_source.RouterSlices);
    }

    private static string NodeAt(string address) => $$"""
        {"metadata":{"name":"n1"},
         "status":{"addresses":[{"type":"InternalIP","address":"{{address}}"}]} }
        """;

    private static string SliceOf(string service) => $$"""
        {"metadata":{"name":"a","namespace":"serval-system",
          "labels":{"kubernetes.io/service-name":"{{service}}"} },
         "addressType":"IPv4","endpoints":[]}
        """;

    private ChangeBatch Take(params WatchBatch[] batches) => _source.Take(batches);

    private static WatchBatch Batch(Reflector source, string json)
    {
        ObjectReader reader = new(source.Scope.Kind, keepsStatus: false);
        WatchedObject found = reader.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)));
        Assert.Equal("", found.Fault);
        return new WatchBatch(source, [found], [], IsComplete: false, "1");
    }

    private Reflector Other(string kind, string group) => new(
        _api, new WatchScope(ResourceKind.Find(group, kind)!), keepsStatus: false,
        (_, _) => ValueTask.CompletedTask, TimeProvider.System, new Random(1), NullLogger.Instance);

    /// <summary>Counts what is drawn from it, but for seeds of others.</summary>
    private sealed class WatchedRandom() : Random(1)
    {
        private int _draws;

        public int Draws => Volatile.Read(ref _draws);

        public override int Next(int minValue, int maxValue)
        {
            Interlocked.Increment(ref _draws);
            return base.Next(minValue, maxValue);
        }

        public override double NextDouble()
        {
            Interlocked.Increment(ref _draws);
            return base.NextDouble();
        }
    }
}
