using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Leadership;

namespace Serval.Control.Tests.Leadership;

/// <summary>What a replica holds of its own lead when nobody answers.</summary>
public sealed class LeaseElectionTests
{
    // Its timers have stood still too, and others may lead by now.
    // The server may have taken the lease at any time since it was asked: then others count from there.
    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public async Task A_process_that_was_frozen_beyond_the_deadline_does_not_lead_when_it_wakes(int answerMs)
    {
        using TempFolder folder = new();
        await using AgreeingApi server = new();
        using ApiClient api = ApiClients.Of(server.Root, folder);
        FrozenTime time = new();
        server.BeforeAnswer = () => time.Advance(answerMs);
        // So long that nothing is renewed during the test.
        LeaseOptions options = new("n", "l", "me")
        {
            LeaseSeconds = 4_000,
            RenewDeadlineMs = 3_000_000,
            RetryPeriodMs = 2_000_000,
        };
        LeaseElection election = new(api, options, time, new Random(1), NullLogger.Instance);
        using CancellationTokenSource stop = new();
        TaskCompletionSource leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task running = election.RunAsync(
            term =>
            {
                leads.TrySetResult();
                return Task.Delay(Timeout.InfiniteTimeSpan, term);
            },
            stop.Token);
        await leads.Task.WaitAsync(TimeSpan.FromMinutes(1));
        time.Advance(options.RenewDeadlineMs - answerMs - 1);
        Assert.True(election.IsLeader);
        time.Advance(1);
        Assert.False(election.IsLeader);
        await stop.CancelAsync();
        await running;
    }

    // Routers refuse what comes with a smaller epoch than the last.
    [Fact]
    public void A_leader_whose_clock_is_behind_that_of_the_last_has_the_larger_epoch_all_the_same()
    {
        DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        LeaseDocument first = LeaseDocument.Create(new LeaseOptions("n", "l", "first"))
            .Acquire("first", 15, now);
        LeaseDocument second = first.Acquire("second", 15, now.AddHours(-1));
        Assert.Equal(first.Epoch + 1, second.Epoch);
        Assert.Equal("second", second.Holder);
    }

    // Its clock goes on when it is told to; its timers know nothing of that.
    private sealed class FrozenTime : TimeProvider
    {
        private long _milliseconds = 1_000_000;

        public override long TimestampFrequency => 1_000;

        public override long GetTimestamp() => Interlocked.Read(ref _milliseconds);

        public void Advance(int milliseconds) => Interlocked.Add(ref _milliseconds, milliseconds);
    }
}
