using System.Collections.Immutable;
using System.Net;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.DataPlane;
using Serval.DataPlane.Accepting;
using Serval.DataPlane.Rings;
using Serval.DataPlane.Swapping;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;
using Serval.Simulation.Tests.Scenes;

namespace Serval.Simulation.Tests.Components;

/// <summary>
/// What the publisher tells workers, and what it asks them before it gives something away again.
/// </summary>
public sealed class PublisherTests : IDisposable
{
    private const string Endpoint = "10.1.0.1";
    private readonly LiveConfiguration _live = new();
    private readonly CertificateStore _certificates = new();
    private readonly SimulatedSockets _sockets = new(
        new SimulatedNetwork(1, FaultProfile.None(), keepsTrace: false));
    private Publisher? _publisher;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_slot_of_an_endpoint_is_used_again_only_when_no_worker_holds_it(bool isConnected)
    {
        Holder holder = new();
        Publisher publisher = Start(TimeSpan.Zero, holder);
        int first = SlotOf("10.1.0.1");
        if (isConnected) holder.Held = first;
        else holder.AdoptedDirectory = _live.Directory.Sequence;
        int second = SlotOf("10.1.0.2");
        int third = SlotOf("10.1.0.3");
        int fourth = SlotOf("10.1.0.4");
        Assert.DoesNotContain(first, new[] { second, third, fourth });
        holder.Held = -1;
        holder.AdoptedDirectory = long.MaxValue;
        Assert.Contains(first, SlotsOf("10.1.0.5", "10.1.0.6", "10.1.0.7", "10.1.0.8"));

        int SlotOf(string address) => Assert.Single(SlotsOf(address));

        int[] SlotsOf(params string[] addresses)
        {
            publisher.Apply(SceneSnapshot.Of(addresses));
            return _live.Directory.Clusters[0]!;
        }
    }

    [Fact]
    public void The_slot_of_an_endpoint_is_free_once_every_worker_has_the_directory_without_it()
    {
        Holder first = new();
        Holder second = new();
        Publisher publisher = Start(TimeSpan.Zero, first, second);
        publisher.Apply(SceneSnapshot.Of("10.1.0.1"));
        int slot = _live.Directory.Clusters[0]![0];
        publisher.Apply(SceneSnapshot.Of("10.1.0.2"));
        first.AdoptedDirectory = _live.Directory.Sequence;
        second.AdoptedDirectory = _live.Directory.Sequence - 1;
        publisher.Apply(SceneSnapshot.Of("10.1.0.2", "10.1.0.3"));
        Assert.DoesNotContain(slot, _live.Directory.Clusters[0]!);
        second.AdoptedDirectory++;
        publisher.Apply(SceneSnapshot.Of("10.1.0.2", "10.1.0.4"));
        Assert.Contains(slot, _live.Directory.Clusters[0]!);
    }

    [Fact]
    public void A_worker_is_woken_and_given_the_time_that_it_takes_to_adopt()
    {
        Holder slow = new() { AdoptsWhenAsked = 20 };
        Publisher publisher = Start(TimeSpan.FromMinutes(1), slow, new Holder());
        Snapshot snapshot = SceneSnapshot.Of(Endpoint);
        Assert.Equal(new ApplyResult(true, snapshot.Version, []), publisher.Apply(snapshot));
        Assert.Same(snapshot, publisher.Live);
        Assert.True(slow.Wakes > 0);

        // Endpoints alone are published in a way of their own.
        slow.Forget();
        Snapshot other = snapshot with
        {
            Version = SceneSnapshot.NextVersion(),
            EndpointSets = [SceneSnapshot.SetOf("c", "10.1.0.2")],
        };
        Assert.Equal(new ApplyResult(true, other.Version, []), publisher.Apply(other));
        Assert.Equal(2, publisher.Applied);
    }

    [Fact]
    public void What_a_worker_has_not_adopted_is_not_live_and_becomes_so_once_it_has()
    {
        Holder slow = new() { AdoptsWhenAsked = int.MaxValue };
        Publisher publisher = Start(TimeSpan.Zero, new Holder(), slow, new Holder());
        Snapshot snapshot = SceneSnapshot.Of(Endpoint);
        ApplyResult result = publisher.Apply(snapshot);
        Assert.False(result.IsAccepted);
        Finding finding = Assert.Single(result.Findings);
        Assert.Equal("NotAdopted", finding.Reason);
        Assert.Equal($"Snapshot {snapshot.Version}", finding.Subject);
        Assert.StartsWith(
            "1 of 3 workers have not adopted it after 0 s ", finding.Message, StringComparison.Ordinal);
        Assert.Null(publisher.Live);
        Assert.Equal(0, publisher.Applied);
        slow.AdoptsWhenAsked = 0;
        publisher.Sweep();
        Assert.Same(snapshot, publisher.Live);
        Assert.Equal(1, publisher.Applied);
        slow.AdoptsWhenAsked = int.MaxValue;
        slow.Forget();
        slow.IsEnded = true;
        Assert.True(publisher.Apply(SceneSnapshot.Of("10.1.0.2")).IsAccepted);
    }

    // Those that a worker still has connections to take their places until these are gone.
    [Fact]
    public void Endpoints_beyond_the_bound_are_refused_those_that_are_let_go_of_included()
    {
        Holder holder = new() { HoldsAll = true };
        Publisher publisher = Start(TimeSpan.Zero, holder);
        publisher.Apply(WithEndpoints(10));
        Snapshot first = WithEndpoints(11);
        Assert.True(publisher.Apply(first).IsAccepted);
        ApplyResult refused = publisher.Apply(WithEndpoints(12));
        Assert.False(refused.IsAccepted);
        Finding finding = Assert.Single(refused.Findings);
        Assert.Equal(("TooMany", "endpointSets"), (finding.Reason, finding.Field));
        Assert.StartsWith("Snapshot ", finding.Subject, StringComparison.Ordinal);
        Assert.Contains("let go of", finding.Message, StringComparison.Ordinal);
        Assert.Same(first, publisher.Live);
        holder.HoldsAll = false;
        Assert.True(publisher.Apply(WithEndpoints(13)).IsAccepted);
    }

    [Fact]
    public void Why_a_snapshot_was_refused_is_said_until_the_next_one_is_accepted()
    {
        Publisher publisher = Start(TimeSpan.Zero, new Holder());
        Snapshot good = SceneSnapshot.Of(Endpoint);
        ApplyResult refused = publisher.Apply(good with { Clusters = [] });
        Assert.False(refused.IsAccepted);
        Assert.NotEmpty(refused.Findings);
        Assert.Equal(refused.Findings.AsEnumerable(), publisher.Findings);
        Assert.True(publisher.Apply(good).IsAccepted);
        Assert.Empty(publisher.Findings);
    }

    [Fact]
    public void Tables_are_counted_and_kept_until_no_worker_reads_them()
    {
        Holder holder = new() { ReadsFrom = 0 };
        Publisher publisher = Start(TimeSpan.Zero, holder);
        publisher.Apply(On(80));
        (long one, int count) = publisher.Tables;
        Assert.Equal(1, count);
        Assert.True(one > 0);
        publisher.Apply(On(80, 81));
        (long two, count) = publisher.Tables;
        Assert.Equal(2, count);
        Assert.InRange(two, one + 1, 4 * one);
        holder.ReadsFrom = _live.Snapshot!.Sequence;
        publisher.Sweep();
        Assert.Equal(1, publisher.Tables.Count);
        // The memory of the first is kept for the next ones for a moment.
        Assert.InRange(publisher.Tables.Bytes, one, two);
    }

    [Fact]
    public void Sockets_are_given_to_workers_and_taken_back_each_once()
    {
        Holder holder = new();
        Publisher publisher = Start(TimeSpan.Zero, holder);
        publisher.Apply(On(80, 81));
        publisher.Apply(On(81));
        publisher.Apply(On(81));
        publisher.Apply(On(80, 81));
        Assert.Equal((2, 2), publisher.Sockets);
        int first = holder.Messages[0].Socket;
        int second = holder.Messages[1].Socket;
        Assert.NotEqual(first, second);
        Assert.Equal(
            [
                (WorkerMessageKind.AddSocket, first, 80), (WorkerMessageKind.AddSocket, second, 81),
                (WorkerMessageKind.RemoveSocket, first, 0), (WorkerMessageKind.AddSocket, first, 80),
            ],
            holder.Messages.Select(message => (message.Kind, message.Socket, message.Port)));
    }

    [Fact]
    public void A_socket_that_could_not_be_opened_is_tried_again_and_told_of_once_it_is()
    {
        Holder holder = new();
        TakenPorts taken = new(_sockets) { Ports = [80, 82] };
        Publisher publisher = _publisher = new Publisher(
            [holder], _live, new Timeouts(), _certificates, TimeSpan.Zero, taken);
        Snapshot snapshot = On(80, 81, 82);
        ImmutableArray<Finding> findings = publisher.Apply(snapshot).Findings;
        Assert.Equal(["Listener l80", "Listener l82"], findings.Select(finding => finding.Subject).Order());
        Assert.All(findings, finding => Assert.Equal("AddressNotUsable", finding.Reason));
        Assert.Equal([.. findings], publisher.Findings.ToArray());
        Assert.Equal((1, 3), publisher.Sockets);
        Assert.Equal(
            [("l80", false), ("l81", true), ("l82", false)], publisher.Listeners);

        PublishedSnapshot published = _live.Snapshot!;
        Assert.Empty(publisher.RetrySockets());
        Assert.Same(published, _live.Snapshot);
        Assert.Single(holder.Messages);

        taken.Ports = [82];
        Assert.EndsWith(":80", Assert.Single(publisher.RetrySockets()), StringComparison.Ordinal);
        Assert.Equal((2, 3), publisher.Sockets);
        Assert.Same(snapshot, publisher.Live);
        Assert.Equal([81, 80], holder.Messages.Select(message => message.Port));
        Assert.True(_live.Snapshot!.GroupOfSocket[holder.Messages[1].Socket] >= 0);
        // This worker never reads what it has adopted.
        Assert.Equal(0, publisher.Tables.Count);

        taken.Ports = [];
        Assert.Single(publisher.RetrySockets());
        Assert.Empty(publisher.Findings);
        published = _live.Snapshot!;
        Assert.Empty(publisher.RetrySockets());
        Assert.Same(published, _live.Snapshot);
    }

    [Fact]
    public void While_a_socket_is_missing_a_change_of_endpoints_says_so_and_tries_for_it_too()
    {
        Holder holder = new();
        TakenPorts taken = new(_sockets) { Ports = [80, 82] };
        Publisher publisher = _publisher = new Publisher(
            [holder], _live, new Timeouts(), _certificates, TimeSpan.Zero, taken);
        Snapshot snapshot = On(80, 81, 82);
        publisher.Apply(snapshot);
        taken.Ports = [82];
        Assert.Equal("Listener l82", Assert.Single(publisher.Apply(Moved("10.1.0.2")).Findings).Subject);
        Assert.Equal((2, 3), publisher.Sockets);
        taken.Ports = [];
        Assert.Empty(publisher.Apply(Moved("10.1.0.3")).Findings);
        Assert.Equal((3, 3), publisher.Sockets);
        Assert.Equal([81, 80, 82], holder.Messages.Select(message => message.Port));

        Snapshot Moved(string endpoint) => snapshot with
        {
            Version = SceneSnapshot.NextVersion(),
            EndpointSets = [SceneSnapshot.SetOf("c", endpoint)],
        };
    }

    // Connections of one policy are never used for another, so under a new one all endpoints are other ones.
    [Fact]
    public void Endpoints_under_another_policy_of_TLS_count_beside_those_before()
    {
        Publisher publisher = Start(TimeSpan.Zero, new Holder { HoldsAll = true });
        Snapshot plain = SceneSnapshot.Of(
        [
            .. Enumerable.Range(0, 3 * Limits.Endpoints / 5)
                .Select(i => $"10.1.{i / 250}.{(i % 250) + 1}"),
        ]);
        Assert.True(publisher.Apply(plain).IsAccepted);
        ApplyResult refused = publisher.Apply(plain with
        {
            Version = SceneSnapshot.NextVersion(),
            Clusters =
            [
                plain.Clusters[0] with
                {
                    Tls = new ClusterTls { Hostname = "b.example", UsesSystemAuthorities = true },
                },
            ],
        });
        Assert.Equal("TooMany", Assert.Single(refused.Findings).Reason);
        Assert.Same(plain, publisher.Live);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("192.0.2.2")]
    public void A_listener_is_up_once_each_of_its_addresses_is(string strange)
    {
        TakenPorts taken = new(_sockets) { Ports = [80], Address = strange };
        Publisher publisher = _publisher = new Publisher(
            [new Holder()], _live, new Timeouts(), _certificates, TimeSpan.Zero, taken);
        Snapshot snapshot = On(80);
        publisher.Apply(snapshot with
        {
            Listeners = [snapshot.Listeners[0] with { Addresses = ["192.0.2.1", "192.0.2.2"] }],
        });
        Assert.Equal((1, 2), publisher.Sockets);
        Assert.Equal([("l80", false)], publisher.Listeners);
        taken.Ports = [];
        Assert.Single(publisher.RetrySockets());
        Assert.Equal([("l80", true)], publisher.Listeners);
    }

    // A worker that cannot adopt the tables yet serves the listeners that it knows.
    [Fact]
    public void What_is_told_of_sockets_is_due_with_the_tables_that_it_belongs_to()
    {
        Holder holder = new();
        Publisher publisher = Start(TimeSpan.Zero, holder);
        publisher.Apply(On(80));
        long first = _live.Snapshot!.Sequence;
        publisher.Apply(On(81));
        long second = _live.Snapshot!.Sequence;
        Assert.True(second > first);
        Assert.Equal(
            [
                (WorkerMessageKind.AddSocket, first), (WorkerMessageKind.AddSocket, second),
                (WorkerMessageKind.RemoveSocket, second),
            ],
            holder.Messages.Select(message => (message.Kind, message.Sequence)));
    }

    [Fact]
    public void Endpoints_alone_are_live_once_every_worker_has_them()
    {
        Holder slow = new();
        Publisher publisher = Start(TimeSpan.Zero, new Holder(), slow);
        Snapshot snapshot = SceneSnapshot.Of(Endpoint);
        Assert.True(publisher.Apply(snapshot).IsAccepted);
        slow.AdoptedDirectory = _live.Directory.Sequence;
        Snapshot other = snapshot with
        {
            Version = SceneSnapshot.NextVersion(),
            EndpointSets = [SceneSnapshot.SetOf("c", "10.1.0.2")],
        };
        Assert.False(publisher.Apply(other).IsAccepted);
        Assert.Same(snapshot, publisher.Live);
        slow.AdoptedDirectory++;
        publisher.Sweep();
        Assert.Same(other, publisher.Live);
    }

    [Fact]
    public void Nobody_waits_for_a_worker_that_has_ended()
    {
        Holder ended = new() { IsEnded = true, ClosesWhenAsked = 20 };
        Publisher publisher = Start(TimeSpan.FromMinutes(1), new Holder(), ended);
        publisher.Apply(On(80));
        Assert.True(publisher.Apply(On(81)).IsAccepted);
        Assert.Equal(0, ended.Closes);
    }

    [Fact]
    public void The_id_of_a_socket_is_free_once_the_last_worker_has_closed_it()
    {
        Holder quick = new();
        Holder slow = new() { ClosesWhenAsked = int.MaxValue };
        Publisher publisher = Start(TimeSpan.Zero, quick, slow);
        publisher.Apply(On(80));
        int id = quick.Messages[0].Socket;
        publisher.Apply(On(81));
        publisher.Apply(On(81, 82));
        Assert.DoesNotContain(slow.Added.Skip(1), added => added == id);
        slow.ClosesWhenAsked = 0;
        publisher.Apply(On(81, 82, 83));
        Assert.Equal(id, slow.Added.Last());
    }

    [Fact]
    public void An_answer_says_that_nothing_listens_there_any_more()
    {
        Holder holder = new() { ClosesWhenAsked = 20 };
        Publisher publisher = Start(TimeSpan.FromMinutes(1), holder);
        publisher.Apply(On(80));
        publisher.Apply(On(81));
        Assert.Equal(1, holder.Closes);
    }

    [Fact]
    public void A_listener_keeps_its_number_as_long_as_it_stays_and_gets_another_when_it_comes_back()
    {
        Publisher publisher = Start(TimeSpan.Zero, new Holder());
        publisher.Apply(On(80, 81));
        int[] first = _live.Snapshot!.ListenerIds;
        Assert.Equal(2, first.Distinct().Count());
        publisher.Apply(On(82, 81));
        int[] second = _live.Snapshot!.ListenerIds;
        Assert.Equal(first[1], second[1]);
        Assert.DoesNotContain(second[0], first);
        publisher.Apply(On(80, 81));
        int[] third = _live.Snapshot!.ListenerIds;
        Assert.Equal(first[1], third[1]);
        Assert.Equal(4, first.Concat(second).Concat(third).Distinct().Count());
    }

    [Fact]
    public void Findings_tell_of_longer_timeouts_and_of_keys_that_are_missing()
    {
        Publisher publisher = Start(TimeSpan.Zero, new Holder());
        Snapshot plain = On(80);
        Snapshot waiting = plain with
        {
            Version = SceneSnapshot.NextVersion(),
            Routes =
            [
                plain.Routes[0] with
                {
                    Rules = [plain.Routes[0].Rules[0] with { RequestTimeoutMs = HttpRule.NoTimeout }],
                },
            ],
            Listeners =
            [
                plain.Listeners[0],
                new Listener
                {
                    Name = "tls",
                    Port = 443,
                    Protocol = ListenerProtocol.Https,
                    Tls = new ListenerTls { Certificates = ["k"] },
                },
            ],
            Certificates = [new Certificate { Name = "k", Digest = new string('0', 64) }],
        };
        Assert.Empty(publisher.Apply(plain).Findings);
        ImmutableArray<Finding> findings = publisher.Apply(waiting).Findings;
        Assert.Contains(findings, finding => finding.Severity == Severity.Notice
            && finding.Message.Contains("rules[0]", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Subject.Contains("tls", StringComparison.Ordinal));
        Assert.Equal(OpeningKind.Tls, OpeningOf(443));
        Assert.Equal(OpeningKind.Http, OpeningOf(80));

        OpeningKind OpeningOf(int port) => _live.Snapshot!.Openings[
            Array.IndexOf(_live.Snapshot.GroupOfSocket, _live.Snapshot.Tables.FindGroup("", port))];
    }

    public void Dispose()
    {
        _publisher?.Dispose();
        _certificates.Dispose();
        _sockets.Dispose();
    }

    // Two fifths of what there may be, in a network of their own.
    private static Snapshot WithEndpoints(int network) => SceneSnapshot.Of(
    [
        .. Enumerable.Range(0, 2 * Limits.Endpoints / 5)
            .Select(i => $"10.{network}.{i / 250}.{(i % 250) + 1}"),
    ]);

    private static Snapshot On(params int[] ports) => SceneSnapshot.Of(Endpoint) with
    {
        Listeners = [.. Array.ConvertAll(ports, SceneSnapshot.ListenerOn)],
        Routes = [SceneSnapshot.RouteOf("r", $"l{ports[0]}", new HttpRule())],
    };

    private Publisher Start(TimeSpan adoptionLimit, params IAdopter[] workers) => _publisher = new Publisher(
        workers, _live, new Timeouts(), _certificates, adoptionLimit, _sockets);

    // Strangers listen on some ports.
    private sealed class TakenPorts(ISocketOpener opener) : ISocketOpener
    {
        public int[] Ports { get; set; } = [];

        /// <summary>Null for every address.</summary>
        public string? Address { get; init; }

        public int Probe(IPEndPoint endpoint) =>
            IsTaken(endpoint) ? -Errno.Addrinuse : opener.Probe(endpoint);

        public int Open(IPEndPoint endpoint) =>
            IsTaken(endpoint) ? -Errno.Addrinuse : opener.Open(endpoint);

        public void Close(int descriptor) => opener.Close(descriptor);

        private bool IsTaken(IPEndPoint endpoint) => Ports.Contains(endpoint.Port)
            && (Address is null || endpoint.Address.Equals(IPAddress.Parse(Address)));
    }
}
