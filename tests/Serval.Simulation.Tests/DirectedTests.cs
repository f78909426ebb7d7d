using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;
using Serval.Simulation.Tests.Running;

namespace Serval.Simulation.Tests;

/// <summary>What the simulation has found, each with the exchange that shows it.</summary>
public sealed class DirectedTests
{
    private const int Seeds = 20;
    private static readonly BodyPlan Chunks = new(BodyShape.Chunked, 2_000, 300, false, HasTrailers: true);

    [Fact]
    public void A_body_whose_end_brings_no_byte_ends_the_exchange()
    {
        // HTTP/1.0 knows no chunks: the last one comes, and nothing is left to be sent.
        FaultProfile faults = FaultProfile.None() with { FragmentMax = 7, LatencyMaxUs = 5_000 };
        AssertGood(faults, () =>
            new ExchangePlan { Id = 0, Path = "/x/0", IsHttp10 = true, Response = Chunks });
    }

    [Fact]
    public void An_upstream_that_stalls_inside_its_head_is_not_waited_for_without_end()
    {
        FaultProfile faults = FaultProfile.None() with { UpstreamFaultPermille = 1 };
        AssertGood(faults, () => new ExchangePlan
        {
            Id = 0,
            Path = "/x/0",
            UpstreamFault = UpstreamFault.Stalls,
            FaultPermille = 500,
        });
    }

    [Theory]
    [InlineData(500)]
    [InlineData(998)]
    public void A_client_that_stalls_in_its_body_or_its_trailers_is_not_waited_for_without_end(int permille)
    {
        FaultProfile faults = FaultProfile.None() with { ClientFaultPermille = 1 };
        AssertGood(faults, () => new ExchangePlan
        {
            Id = 0,
            Path = "/x/0",
            Method = "POST",
            Request = Chunks,
            ClientFault = ClientFault.Stalls,
            FaultPermille = permille,
        });
    }

    [Fact]
    public void A_client_that_stalls_inside_its_body_is_not_waited_for_although_the_response_has_begun()
    {
        FaultProfile faults = FaultProfile.None() with { ClientFaultPermille = 1, UpstreamFaultPermille = 1 };
        AssertGood(faults, () => new ExchangePlan
        {
            Id = 0,
            Path = "/x/0",
            Method = "POST",
            Request = Chunks,
            Response = Chunks,
            ClientFault = ClientFault.Stalls,
            UpstreamFault = UpstreamFault.StallsEarly,
            FaultPermille = 500,
        });
    }

    [Theory]
    [InlineData(500)]
    [InlineData(998)]
    public void A_client_that_ends_inside_its_body_or_its_trailers_is_not_waited_for(int permille)
    {
        FaultProfile faults = FaultProfile.None() with { ClientFaultPermille = 1 };
        AssertGood(faults, () => new ExchangePlan
        {
            Id = 0,
            Path = "/x/0",
            Method = "POST",
            Request = Chunks,
            ClientFault = ClientFault.Ends,
            FaultPermille = permille,
        });
    }

    [Fact]
    public void A_request_that_cannot_be_read_is_answered_although_the_client_has_ended_its_half()
    {
        FaultProfile faults = FaultProfile.None() with { ClientFaultPermille = 1 };
        AssertGood(faults, () =>
            new ExchangePlan { Id = 0, Path = "/x/0", ClientFault = ClientFault.Garbles });
    }

    // Among so many lengths and rhythms there are ends that fill the output to its bound, and no byte comes
    // behind them to make anybody look again.
    [Theory]
    [InlineData(nameof(BodyShape.Length))]
    [InlineData(nameof(BodyShape.Chunked))]
    [InlineData(nameof(BodyShape.UntilClose))]
    public void A_body_whose_end_fills_the_output_ends_all_the_same(string framing)
    {
        BodyShape shape = Enum.Parse<BodyShape>(framing);
        FaultProfile faults = FaultProfile.None() with
        {
            CompletionDelayMaxUs = 5_000,
            FragmentMax = 5_000,
            PipeBytes = 1 << 20,
        };
        BodyShape up = shape == BodyShape.UntilClose ? BodyShape.Length : shape;
        for (int bytes = 60_000; bytes < 160_000; bytes += 9_999)
        {
            int length = bytes;
            AssertGood(faults, () => new ExchangePlan
            {
                Id = 0,
                Path = "/x/0",
                Method = "POST",
                Request = new BodyPlan(up, length, 9_000, false, HasTrailers: false),
                Response = new BodyPlan(shape, length, 9_000, false, HasTrailers: false),
            });
        }
    }

    // What finds no place in the queue waits in the kernel, which takes no submissions meanwhile.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Completions_that_overflow_their_queue_delay_answers_and_lose_none(int workers)
    {
        FaultProfile faults = FaultProfile.None() with
        {
            CompletionEntries = 2,
            CompletionDelayMaxUs = 0,
            LatencyMaxUs = 4,
            Workers = workers,
        };
        RunResult result = SimulationRun.ExecuteApart(0, faults, Enumerable.Range(0, 40).Select(id =>
            new ExchangePlan
            {
                Id = id,
                Path = $"/x/{id}",
                Response = new BodyPlan(BodyShape.Chunked, 9_000, 700, false, HasTrailers: true),
            }));
        Assert.Empty(result.Violations);
        Assert.Equal(40, result.Deliveries[(int)Delivery.Upstream]);
        Assert.InRange(result.Overflows, 1, int.MaxValue);
    }

    // Few buffers go round as long as they suffice, and each of many that wait gets one.
    [Theory]
    [InlineData(1, 64, 64)]
    [InlineData(40, 64, 64)]
    [InlineData(200, 65, 200)]
    public void The_kernel_has_as_many_buffers_as_connections_wait(int clients, int least, int most)
    {
        FaultProfile faults = FaultProfile.None() with
        {
            LatencyMaxUs = 1,
            CompletionDelayMaxUs = 0,
            Buffers = 2_048,
            ConnectionSlots = 1_024,
        };
        RunResult result = SimulationRun.ExecuteApart(0, faults, Enumerable.Range(0, clients).Select(id =>
            new ExchangePlan
            {
                Id = id,
                Path = $"/x/{id}",
                Response = new BodyPlan(BodyShape.Length, 3_000, 9_000, false, HasTrailers: false),
            }));
        Assert.Empty(result.Violations);
        Assert.InRange(result.ProvidedMax, least, most);
    }

    private static void AssertGood(FaultProfile faults, Func<ExchangePlan> plan)
    {
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            RunResult result = SimulationRun.Execute(seed, faults, plan());
            Assert.True(result.Violations.Count == 0, $"seed {seed}: {string.Join('\n', result.Violations)}");
        }
    }
}
