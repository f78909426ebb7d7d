using Microsoft.Extensions.Time.Testing;
using Serval.Config.Compiling;
using Serval.Config.Model;
using Serval.DataPlane;
using Serval.DataPlane.Balancing;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;
using Serval.Simulation.Tests.Scenes;
using Serval.Simulation.Tests.Tls;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// What the publisher frees, and when: tables, TLS contexts and keys are needed as long as a worker may read
/// a snapshot that has them, and no longer.
/// </summary>
public sealed class PublisherMemoryTests : IDisposable
{
    private readonly LiveConfiguration _live = new();
    private readonly CertificateStore _certificates = new();
    private readonly FakeTimeProvider _time = new();
    private readonly TlsActors _tls = new();
    private readonly SimulatedSockets _sockets = new(
        new SimulatedNetwork(1, FaultProfile.None(), keepsTrace: false));
    private readonly Holder _worker = new() { ReadsFrom = 0 };
    private readonly Publisher _publisher;

    public PublisherMemoryTests() => _publisher = new Publisher(
        [_worker], _live, new Timeouts(), _certificates, TimeSpan.Zero, _sockets, _time);

    [Fact]
    public void Tables_that_nobody_reads_any_more_lend_the_next_ones_their_memory_for_a_moment()
    {
        CompiledSnapshot first = Apply(Plain());
        CompiledSnapshot second = Apply(Plain());
        Assert.Equal((first.MemoryBytes + second.MemoryBytes, 2), _publisher.Tables);
        ReadOnlyNewest();
        Assert.True(first.MemoryBytes > 0);
        Assert.Equal((first.MemoryBytes + second.MemoryBytes, 1), _publisher.Tables);

        CompiledSnapshot third = Apply(Plain());
        Assert.Equal(0, first.MemoryBytes);
        Assert.Equal((second.MemoryBytes + third.MemoryBytes, 2), _publisher.Tables);
        ReadOnlyNewest();
        _time.Advance(TimeSpan.FromSeconds(2));
        _publisher.Sweep();
        Assert.Equal((second.MemoryBytes + third.MemoryBytes, 1), _publisher.Tables);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _publisher.Sweep();
        Assert.Equal(0, second.MemoryBytes);
        Assert.Equal((third.MemoryBytes, 1), _publisher.Tables);
    }

    [Fact]
    public void Of_several_tables_that_are_let_go_of_at_once_one_is_kept()
    {
        CompiledSnapshot[] tables = [Apply(Plain()), Apply(Plain()), Apply(Plain())];
        ReadOnlyNewest();
        Assert.Single(tables[..2], one => one.MemoryBytes > 0);
        Assert.True(tables[2].MemoryBytes > 0);
    }

    [Fact]
    public void How_old_the_live_snapshot_is_counts_from_when_every_worker_had_adopted_it()
    {
        Assert.Equal(0, _publisher.AgeSeconds);
        _worker.AdoptsWhenAsked = int.MaxValue;
        _publisher.Apply(Plain());
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(0, _publisher.AgeSeconds);
        _worker.AdoptsWhenAsked = 0;
        _publisher.Sweep();
        _time.Advance(TimeSpan.FromSeconds(3));
        _publisher.Sweep();
        Assert.Equal(3, _publisher.AgeSeconds);
        _publisher.Apply(Plain());
        Assert.Equal(0, _publisher.AgeSeconds);
    }

    [Fact]
    public void A_key_is_forgotten_once_no_worker_reads_a_snapshot_that_names_it()
    {
        _tls.Put(_certificates);
        Apply(_tls.Secure(Plain(), shown: 0));
        Assert.True(Holds(0));
        // It has come ahead of the snapshot that names it.
        Assert.True(Holds(1));
        Apply(_tls.Secure(Plain(), shown: 1));
        Assert.True(Holds(0));
        ReadOnlyNewest();
        Assert.False(Holds(0));
        Assert.True(Holds(1));
    }

    [Fact]
    public void A_context_of_a_listener_is_freed_with_the_last_snapshot_that_has_it()
    {
        _tls.Put(_certificates);
        Apply(_tls.Secure(Plain(), shown: 0));
        ServerSecurity context = Context();
        Apply(_tls.Secure(Plain(), shown: 0));
        Assert.Same(context, Context());
        ReadOnlyNewest();
        Assert.NotEqual(0, context.Handle);
        Apply(Plain());
        ReadOnlyNewest();
        Assert.Equal(0, context.Handle);
    }

    // The lists of endpoints are the very arrays of before.
    [Fact]
    public void A_policy_that_comes_alone_makes_other_endpoints_of_those_that_stay()
    {
        Snapshot plain = SceneSnapshot.WithFallback(["10.1.0.1"], ["10.1.0.2"]);
        Apply(plain);
        int[] before = [_live.Directory.Clusters[0]![0], _live.Directory.Fallback[0]![0]];
        Apply(_tls.Secure(
            plain with { Version = SceneSnapshot.NextVersion() }, shown: 0, clients: false));
        int[] after = [_live.Directory.Clusters[0]![0], _live.Directory.Fallback[0]![0]];
        Assert.Empty(before.Intersect(after));
        Assert.All(after, slot => Assert.NotNull(SecurityOf(slot)));
    }

    [Fact]
    public void A_policy_of_endpoints_is_freed_once_no_worker_holds_connections_to_them()
    {
        Apply(_tls.Secure(Plain(), shown: 0, clients: false));
        int slot = _live.Directory.Clusters[0]![0];
        UpstreamSecurity policy = SecurityOf(slot)!;
        _worker.Held = slot;
        Apply(Plain());
        Apply(Plain());
        Assert.NotEqual(0, policy.Context);
        _worker.Held = -1;
        Apply(Plain());
        Assert.Equal(0, policy.Context);
    }

    [Fact]
    public void Nothing_is_left_at_the_end_and_nothing_happens_after_it()
    {
        _tls.Put(_certificates);
        CompiledSnapshot first = Apply(Plain());
        CompiledSnapshot second = Apply(Plain());
        ReadOnlyNewest();
        Apply(_tls.Secure(Plain(), shown: 0));
        ServerSecurity context = Context();
        // A key that does not come, so that there is something to try again.
        Snapshot waiting = _tls.Secure(Plain(), shown: 0);
        CompiledSnapshot last = Apply(waiting with
        {
            Certificates = [waiting.Certificates[0] with { Digest = new string('0', 64) }],
        });
        UpstreamSecurity endpoint = Assert.Single(_live.Directory.Securities.OfType<UpstreamSecurity>());
        Assert.NotEqual(0, endpoint.Context);
        PublishedSnapshot published = _live.Snapshot!;
        _publisher.Dispose();
        Assert.Equal((0, 0), _publisher.Tables);
        Assert.All([first, second, last], one => Assert.Equal(0, one.MemoryBytes));
        Assert.Equal((0, 0), (context.Handle, endpoint.Context));

        Assert.Throws<ObjectDisposedException>(() => _publisher.Apply(Plain()));
        _publisher.Sweep();
        _publisher.RetryKeys();
        Assert.Empty(_publisher.RetrySockets());
        Assert.Same(published, _live.Snapshot);
    }

    // A worker may look at it while the next one is made.
    [Fact]
    public void A_directory_stays_as_it_was_published()
    {
        Apply(_tls.Secure(SceneSnapshot.Of("10.1.0.1", "10.1.0.2"), shown: 0, clients: false));
        EndpointDirectory directory = _live.Directory;
        UpstreamSecurity?[] securities = [.. directory.Securities];
        int[] endpoints = [.. directory.Clusters[0]!];
        Apply(SceneSnapshot.Of("10.1.0.1", "10.1.0.3"));
        Apply(SceneSnapshot.Of("10.1.0.4", "10.1.0.5"));
        Apply(SceneSnapshot.Of("10.1.0.6", "10.1.0.7"));
        Assert.NotSame(directory, _live.Directory);
        Assert.Equal(endpoints, directory.Clusters[0]);
        Assert.Equal(securities, directory.Securities);
        // Slots that were used again have lost their policy.
        Assert.All(_live.Directory.Clusters[0]!, slot => Assert.Null(SecurityOf(slot)));
    }

    [Fact]
    public void A_key_that_comes_late_is_used_from_then_on()
    {
        Apply(_tls.Secure(Plain(), shown: 0, endpoints: false));
        Assert.Equal("WaitingForKey", Assert.Single(_publisher.Findings).Reason);
        Assert.Empty(Securities()[0]!.Choices);
        _tls.Put(_certificates);
        _publisher.RetryKeys();
        Assert.Empty(_publisher.Findings);
        Assert.Single(Securities()[0]!.Choices);
        PublishedSnapshot published = _live.Snapshot!;
        _publisher.RetryKeys();
        Assert.Same(published, _live.Snapshot);
    }

    [Fact]
    public void A_key_that_comes_late_lets_slots_be_used_again_as_a_snapshot_does()
    {
        Apply(_tls.Secure(SceneSnapshot.Of("10.1.0.1"), shown: 0, endpoints: false));
        Apply(_tls.Secure(SceneSnapshot.Of("10.1.0.2"), shown: 0, endpoints: false));
        Assert.Single(_live.Directory.Retired);
        _tls.Put(_certificates);
        _publisher.RetryKeys();
        Assert.Empty(_live.Directory.Retired);
    }

    // With the key they are other endpoints, next to those that were there without it.
    [Fact]
    public void A_key_that_comes_late_makes_no_more_endpoints_than_a_router_holds()
    {
        Snapshot waiting = _tls.Secure(
            SceneSnapshot.Of(
            [
                .. Enumerable.Range(0, 3 * Limits.Endpoints / 5)
                    .Select(i => $"10.1.{i / 250}.{(i % 250) + 1}"),
            ]),
            shown: 0);
        ClusterTls policy = TlsActors.Policy with { ClientCertificate = _tls.Shown[0].Model.Name };
        Apply(waiting with { Clusters = [waiting.Clusters[0] with { Tls = policy }] });
        int[] slots = _live.Directory.Clusters[0]!;
        _tls.Put(_certificates);
        _publisher.RetryKeys();
        Assert.True(_live.Directory.Clusters[0]!.Max() < Limits.Endpoints);
        Assert.Equal(slots, _live.Directory.Clusters[0]);
        Assert.Contains(_publisher.Findings, finding => finding.Reason == "TooMany");
        // A smaller one has room.
        Snapshot few = _tls.Secure(Plain(), shown: 0);
        Apply(few with { Clusters = [few.Clusters[0] with { Tls = policy }] });
        Assert.Empty(_publisher.Findings);
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _certificates.Dispose();
        _sockets.Dispose();
        _tls.Dispose();
    }

    private static Snapshot Plain() => SceneSnapshot.Of("10.1.0.1");

    private CompiledSnapshot Apply(Snapshot snapshot)
    {
        Assert.True(_publisher.Apply(snapshot).IsAccepted);
        return _live.Snapshot!.Tables;
    }

    private void ReadOnlyNewest()
    {
        _worker.ReadsFrom = _live.Snapshot!.Sequence;
        _publisher.Sweep();
    }

    private UpstreamSecurity? SecurityOf(int slot) =>
        slot < _live.Directory.Securities.Length ? _live.Directory.Securities[slot] : null;

    private bool Holds(int shown) =>
        _certificates.Holds(_tls.Shown[shown].Model.Name, _tls.Shown[shown].Model.Digest);

    private ListenerSecurity?[] Securities() => _live.Snapshot!.Securities;

    private ServerSecurity Context() => Assert.Single(Securities()[0]!.Choices).Context;
}
