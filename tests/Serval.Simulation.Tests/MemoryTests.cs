using System.Text;
using Serval.DataPlane;
using Serval.DataPlane.Accounting;
using Serval.DataPlane.Buffers;
using Serval.DataPlane.Tests.Tls;
using Serval.DataPlane.Transports;
using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Kernel;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;
using Serval.Simulation.Tests.Scenes;
using Serval.Simulation.Tests.Tls;

namespace Serval.Simulation.Tests;

/// <summary>Peers that hold memory, beside clients that behave well.</summary>
public sealed class MemoryTests
{
    private const int Besiegers = 200;
    private const int Strangers = 4;
    private const int Body = 60_000;
    private const long SoonUs = 2_000_000;
    private const long BetweenUs = 5_000;
    private static readonly BodyPlan Chunks = new(BodyShape.Chunked, 2_000, 300, false, HasTrailers: true);
    private static readonly BodyPlan Large = new(BodyShape.Length, Body, 9_000, false, HasTrailers: false);

    // Memory for far fewer whole buffers than there are besiegers.
    private static readonly FaultProfile Short = FaultProfile.None() with
    {
        Buffers = 96,
        SmallBuffers = 1_024,
        ConnectionSlots = 1_024,
        PipeBytes = 8_192,
        FragmentMax = 40_000,
        ClientFaultPermille = 1,
        UpstreamFaultPermille = 1,
    };

    [Fact]
    public void Slow_readers_do_not_keep_others_waiting() => AssertOthersServed(Short, id => new ExchangePlan
    {
        Id = id,
        Path = $"/x/{id}",
        ThinkUs = id * BetweenUs,
        Response = Large,
        ClientFault = ClientFault.StallsReading,
    });

    [Fact]
    public void Uploads_that_an_upstream_does_not_read_do_not_keep_others_waiting() =>
        AssertOthersServed(Short, id => new ExchangePlan
        {
            Id = id,
            Path = $"/x/{id}",
            ThinkUs = id * BetweenUs,
            Method = "POST",
            Request = Large,
            UpstreamFault = UpstreamFault.StopsReading,
        });

    [Theory]
    [InlineData(0, 20)]
    [InlineData(6_000, 900)] // More than a small buffer.
    public void Parts_of_heads_do_not_keep_others_waiting(int padding, int permille) =>
        AssertOthersServed(Short, id => new ExchangePlan
        {
            Id = id,
            Path = $"/x/{id}",
            ThinkUs = id * BetweenUs,
            PaddingBytes = padding,
            ClientFault = ClientFault.Stalls,
            FaultPermille = permille,
        });

    [Fact]
    public void Parts_of_trailers_do_not_keep_others_waiting() =>
        AssertOthersServed(Short, id => new ExchangePlan
        {
            Id = id,
            Path = $"/x/{id}",
            ThinkUs = id * BetweenUs,
            Method = "POST",
            Request = Chunks,
            ClientFault = ClientFault.Stalls,
            FaultPermille = 998,
        });

    [Fact]
    public void When_even_small_memory_is_short_the_slowest_are_cut_and_counted()
    {
        WorkerCounters counters = AssertOthersServed(
            Short with { Buffers = 48, SmallBuffers = 48 },
            id => new ExchangePlan
            {
                Id = id,
                Path = $"/x/{id}",
                ThinkUs = id * BetweenUs,
                Response = Large,
                ClientFault = ClientFault.StallsReading,
            });
        Assert.InRange(counters.ReadOutcome(Outcome.CutForMemory), 1, Besiegers);
        Assert.Equal(
            counters.ReadOutcome(Outcome.CutForMemory), counters.Read(Counter.ConnectionsCutForMemory));
    }

    // All at once: nobody is slow yet, so nobody is cut.
    [Fact]
    public void Newcomers_that_find_no_memory_at_all_are_answered_503()
    {
        ExchangePlan[] plans = [.. Enumerable.Range(0, 120).Select(id => new ExchangePlan
        {
            Id = id,
            Path = $"/x/{id}",
            Response = Large,
            UpstreamFault = UpstreamFault.Stalls,
        })];
        FaultProfile faults = Short with
        {
            Buffers = 16,
            SmallBuffers = 64,
            LatencyMaxUs = 4,
            CompletionDelayMaxUs = 0,
        };
        RunResult result = SimulationRun.ExecuteApart(1, faults, plans);
        AssertGood(result);
        ExchangePlan[] early = [.. plans.Where(plan => plan.EndedUs - plan.SentUs < SoonUs)];
        Assert.InRange(early.Length, 1, plans.Length - 1);
        Assert.All(early, plan => Assert.Equal((Delivery.Local, 503), (plan.Delivery, plan.StatusSeen)));
        Assert.Contains(early, plan => plan.Reason == "overloaded");
        Assert.True(result.Counters.Read(Counter.LimitBuffers) > 0);
    }

    [Fact]
    public void Trailers_have_as_long_as_a_head_to_come()
    {
        ExchangePlan plan = new()
        {
            Id = 0,
            Path = "/x/0",
            Method = "POST",
            Request = Chunks,
            DripBytes = 16,
        };
        RunResult result = SimulationRun.Execute(1, FaultProfile.None(), plan);
        AssertGood(result);
        Assert.Equal((408, "downstream-timed-out"), (plan.StatusSeen, plan.Reason));
        long limitUs = new Timeouts().RequestHeadMs * 1_000L;
        Assert.InRange(plan.EndedUs - plan.SentUs, limitUs, limitUs + SoonUs);
    }

    [Theory]
    [InlineData(nameof(ClientFault.Resets))]
    [InlineData(nameof(ClientFault.Ends))]
    public void A_client_that_goes_while_its_upload_is_blocked_is_noticed_within_two_seconds(string fault)
    {
        ExchangePlan plan = new()
        {
            Id = 0,
            Path = "/x/0",
            Method = "POST",
            // More than the upstream's socket and our buffers take, and no more than the client's socket
            // holds besides: its end can be seen.
            Request = new BodyPlan(BodyShape.Length, 1_000_000, 9_000, false, HasTrailers: false),
            UpstreamFault = UpstreamFault.StopsReading,
            ClientFault = Enum.Parse<ClientFault>(fault),
            FaultPermille = 500,
        };
        RunResult result = SimulationRun.Execute(1, Short with { PipeBytes = 1 << 18 }, plan);
        AssertGood(result);
        Assert.Equal(1, result.Counters.ReadOutcome(Outcome.DownstreamAborted));
        Assert.InRange(result.EndedUs, 0, 1_000_000 + (2 * SoonUs));
    }

    // The kernel tells of room only once a third of its buffer is free: for longer than a peer may be idle.
    [Theory]
    [InlineData(nameof(ExchangePlan.ClientReadRate))]
    [InlineData(nameof(ExchangePlan.UpstreamReadRate))]
    public void A_peer_that_reads_slowly_and_does_not_stop_is_not_cut(string slow)
    {
        const int rate = 100;
        bool isClient = slow == nameof(ExchangePlan.ClientReadRate);
        BodyPlan body = new(BodyShape.Length, 33_000, 9_000, false, HasTrailers: false);
        ExchangePlan plan = new()
        {
            Id = 0,
            Path = "/x/0",
            Method = "POST",
            Request = isClient ? BodyPlan.None : body,
            Response = isClient ? body : body with { Length = 10 },
            ClientReadRate = isClient ? rate : 0,
            UpstreamReadRate = isClient ? 0 : rate,
        };
        RunResult result = SimulationRun.Execute(1, FaultProfile.None() with { PipeBytes = 30_000 }, plan);
        AssertGood(result);
        Assert.Equal((Delivery.Upstream, 200), (plan.Delivery, plan.StatusSeen));
        Assert.InRange(plan.EndedUs - plan.SentUs, 3L * new Timeouts().StreamIdleMs * 1_000, long.MaxValue);
    }

    [Fact]
    public void An_upstream_may_reset_in_the_middle_of_a_response_that_its_client_blocks()
    {
        FaultProfile faults = FaultProfile.None() with
        {
            UpstreamFaultPermille = 1,
            CompletionDelayMaxUs = 10_000,
            PipeBytes = 4_096,
        };
        for (ulong seed = 0; seed < 60; seed++)
        {
            RunResult result = SimulationRun.Execute(seed, faults, new ExchangePlan
            {
                Id = 0,
                Path = "/x/0",
                Method = "POST",
                Request = Large,
                Response = Large,
                ClientReadRate = 20_000,
                ClientWriteRate = 400_000,
                UpstreamFault = UpstreamFault.ResetsInAnswer,
                FaultPermille = 900,
            });
            Assert.True(result.Violations.Count == 0, $"seed {seed}: {string.Join('\n', result.Violations)}");
        }
    }

    [Fact]
    public void What_waits_for_a_TLS_client_that_stops_reading_is_bounded()
    {
        const string address = "10.1.0.1";
        const int length = 10_000_000;
        using TlsActors actors = new();
        using Scene scene = new(
            actors.Secure(SceneSnapshot.Of(address), shown: 0, endpoints: false), tls: actors);
        SceneUpstream upstream = scene.Upstream(address);
        TlsEnd end = actors.Client(isTls12: false);
        SceneClient client = scene.Connect();
        client.Send(end.TakeHello());
        scene.Run(50);
        end.Feed(Encoding.Latin1.GetBytes(client.Take()));
        end.Write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"u8);
        client.StopsReading = true;
        client.Send(end.TakeWire());
        scene.RunUntil(() => upstream.Requests.Count == 1);
        ScenePeer sender = upstream.Connections[0];
        sender.Reply($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        byte[] part = new byte[8_192];
        long sent = 0;
        long most = 0;
        for (int i = 0; i < 2_000 && sent < length; i++)
        {
            int count = (int)Math.Min(Math.Min(part.Length, sender.Tcp.ToRouter.Room), length - sent);
            if (count > 0) sender.Tcp.PeerWrite(part.AsSpan(0, count));
            sent += count;
            scene.Run(2);
            TransportTable<SimulatedRing> transports = scene.Peek.Transports;
            for (int slot = 0; slot < transports.Capacity; slot++)
            {
                if (transports[slot].Has(TransportFlags.IsTls))
                    most = Math.Max(most, transports.HeldBytes(slot));
            }
        }

        // Sealed and not yet sealed together.
        Assert.InRange(most, 1, Limits.CreditBuffers * BufferPool.StrideBytes);
        Assert.InRange(sent, 1, length / 10);
    }

    private static void AssertGood(RunResult result) =>
        Assert.True(result.Violations.Count == 0, string.Join('\n', result.Violations));

    // Besiegers come one after the other, strangers once all are there.
    private static WorkerCounters AssertOthersServed(FaultProfile faults, Func<int, ExchangePlan> besieger)
    {
        ExchangePlan[] strangers = [.. Enumerable.Range(Besiegers, Strangers).Select(Stranger)];
        ExchangePlan[] plans = [.. Enumerable.Range(0, Besiegers).Select(besieger), .. strangers];
        RunResult result = SimulationRun.ExecuteApart(1, faults, plans);
        AssertGood(result);
        Assert.All(strangers, plan =>
        {
            Assert.Equal((Delivery.Upstream, 200), (plan.Delivery, plan.StatusSeen));
            Assert.InRange(plan.EndedUs - plan.SentUs, 0, SoonUs);
        });
        return result.Counters;
    }

    private static ExchangePlan Stranger(int id) => new()
    {
        Id = id,
        Path = $"/x/{id}",
        Response = new BodyPlan(BodyShape.Length, 3_000, 9_000, false, HasTrailers: false),
        ThinkUs = SoonUs,
    };
}
