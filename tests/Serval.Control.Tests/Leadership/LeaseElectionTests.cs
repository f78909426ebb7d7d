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

    [Fact]
    public async Task A_leader_that_renews_in_time_leads_on_and_gives_back_what_is_its_own()
    {
        await using Lead lead = new();
        await lead.BeginsAsync();
        for (int round = 0; round < 8; round++)
            await lead.RenewAsync();
        Assert.True(lead.Election.IsLeader);
        Assert.Equal(1, lead.Begun);
        await lead.StopAsync();
        Assert.Equal("", lead.Holder);
    }

    [Fact]
    public async Task A_leader_that_stops_leaves_a_lease_alone_that_another_has_taken()
    {
        await using Lead lead = new();
        await lead.BeginsAsync();
        lead.Holder = "other";
        await lead.StopAsync();
        Assert.Equal("other", lead.Holder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_that_ends_or_fails_is_begun_again_in_the_same_term(bool fails)
    {
        await using Lead lead = new(ends: true, fails);
        await lead.BeginsAsync();
        long epoch = lead.Election.Epoch;
        // One pause of the work and one between renewals, in whatever order.
        await lead.PauseAsync();
        await lead.PauseAsync();
        await lead.BeginsAsync();
        Assert.Equal((2, epoch), (lead.Begun, lead.Election.Epoch));
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

    /// <summary>A replica that leads, on a clock of its own, and the lease that it holds.</summary>
    private sealed class Lead : IAsyncDisposable
    {
        private const int RetryMs = 2_000;
        private readonly TempFolder _folder = new();
        private readonly AgreeingApi _server = new() { KeepsWrites = true };
        private readonly ApiClient _api;
        private readonly ManualTime _time = new();
        private readonly CancellationTokenSource _stop = new();
        private readonly SemaphoreSlim _begins = new(0);
        private readonly Task _running;
        private readonly bool _ends;
        private readonly bool _fails;

        public Lead(bool ends = false, bool fails = false)
        {
            (_ends, _fails) = (ends, fails);
            _api = ApiClients.Of(_server.Root, _folder);
            LeaseOptions options = new("n", "l", "me") { RetryPeriodMs = RetryMs };
            Election = new LeaseElection(_api, options, _time, new Random(1), NullLogger.Instance);
            _running = Task.Run(() => Election.RunAsync(WorkAsync, _stop.Token));
        }

        public LeaseElection Election { get; }

        public int Begun { get; private set; }

        public string Holder
        {
            get => _server.Kept!["spec"]!["holderIdentity"]!.GetValue<string>();
            set => _server.Kept!["spec"]!["holderIdentity"] = value;
        }

        public async Task BeginsAsync() =>
            Assert.True(await _begins.WaitAsync(TimeSpan.FromMinutes(1)));

        /// <summary>Lets the next pause pass, once it has begun.</summary>
        public async Task PauseAsync()
        {
            while (await _time.Waits.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1))
                is { TotalMilliseconds: < RetryMs or > RetryMs * 1.2 })
            {
            }
            _time.Advance(RetryMs * 12 / 10);
        }

        /// <summary>Lets it renew.</summary>
        public async Task RenewAsync()
        {
            TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _server.BeforeAnswer = () => written.TrySetResult();
            await PauseAsync();
            await written.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _running.WaitAsync(TimeSpan.FromMinutes(1));
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _api.Dispose();
            await _server.DisposeAsync();
            _stop.Dispose();
            _begins.Dispose();
            _folder.Dispose();
        }

        private async Task WorkAsync(CancellationToken term)
        {
            bool ends = ++Begun == 1 && _ends;
            _begins.Release();
            if (ends && _fails)
                throw new InvalidOperationException("planted");
            if (!ends)
                await Task.Delay(Timeout.InfiniteTimeSpan, term);
        }
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
