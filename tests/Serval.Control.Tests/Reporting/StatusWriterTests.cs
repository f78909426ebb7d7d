using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;
using Serval.Control.Publishing;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Reporting;

/// <summary>When objects are looked at, and when it is over.</summary>
public sealed class StatusWriterTests
{
    private static readonly ObjectKey Edge = new(Groups.Gateway, Kinds.Gateway, "shop", "edge");
    private static readonly ObjectKey Class = new(Groups.Gateway, Kinds.GatewayClass, "", "serval");
    private static readonly ObjectKey Later = new(Groups.Gateway, Kinds.Gateway, "shop", "later");

    [Fact]
    public async Task An_object_is_looked_at_when_the_routers_had_their_time_and_not_before()
    {
        ManualTime time = new();
        Channel<(ObjectKey Key, DateTimeOffset At)> looks =
            Channel.CreateUnbounded<(ObjectKey Key, DateTimeOffset At)>();
        using StatusWriter writer = new(
            null!, "serval.dev/gateway-controller",
            key =>
            {
                looks.Writer.TryWrite((key, time.GetUtcNow()));
                return default;
            },
            static () => true, static () => { }, time, new Random(1), NullLogger.Instance);
        writer.Observe(Shown(Edge));
        using CancellationTokenSource stop = new();
        Task running = writer.RunAsync(stop.Token);
        // Whatever is there when it begins is looked at without delay.
        DateTimeOffset began = time.GetUtcNow();
        Assert.Equal((Edge, began), await NextAsync(looks.Reader));

        writer.Request([Edge]);
        writer.Observe(Shown(Later));
        // One that is too early has looked before it waits.
        while (await NextAsync(time.Waits) != TimeSpan.FromMilliseconds(ReportingLimits.LookMs))
            Assert.False(looks.Reader.TryPeek(out _));
        Assert.False(looks.Reader.TryPeek(out _));
        time.Advance(ReportingLimits.LookMs);
        // A turn of the writer that was under way may have begun its wait only now: it is told to look.
        writer.Request([]);
        DateTimeOffset due = began.AddMilliseconds(ReportingLimits.LookMs);
        (ObjectKey Key, DateTimeOffset At)[] seen =
            [await NextAsync(looks.Reader), await NextAsync(looks.Reader)];
        Assert.Equal([(Edge, due), (Later, due)], seen.OrderBy(look => look.Key.Name));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task An_object_is_looked_at_in_time_although_it_is_asked_for_again_and_again()
    {
        ManualTime time = new();
        Channel<DateTimeOffset> looks = Channel.CreateUnbounded<DateTimeOffset>();
        using StatusWriter writer = new(
            null!, "serval.dev/gateway-controller",
            key =>
            {
                looks.Writer.TryWrite(time.GetUtcNow());
                return default;
            },
            static () => true, static () => { }, time, new Random(1), NullLogger.Instance);
        writer.Observe(Shown(Edge));
        using CancellationTokenSource stop = new();
        Task running = writer.RunAsync(stop.Token);
        DateTimeOffset began = await NextAsync(looks.Reader);

        writer.Request([Edge]);
        time.Advance(ReportingLimits.LookMs / 2);
        writer.Request([Edge]);
        time.Advance(ReportingLimits.LookMs / 2);
        writer.Request([Edge]);
        Assert.Equal(began.AddMilliseconds(ReportingLimits.LookMs), await NextAsync(looks.Reader));
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public void Routers_have_their_time_anew_with_every_change()
    {
        ManualTime time = new();
        RouterEndpoint router = new("r", new Uri("http://127.0.0.1:1"), null, IsReady: true);
        FleetState fleet = new([new RouterState { Endpoint = router }]);
        StatusDesk desk = new(() => fleet, static () => [], time);
        Translation translation = SmallObjects.Translate(
            SmallObjects.Gateway("edge", 0, SmallObjects.Listener("http")));
        desk.Take(translation, sequence: 1);
        time.Advance(ReportingLimits.AcknowledgeMs);
        Assert.NotNull(desk.Find(Edge).Status);

        desk.Take(translation, sequence: 2);
        Assert.Equal(new WantedStatus(null, ReportingLimits.AcknowledgeMs), desk.Find(Edge));
        time.Advance(ReportingLimits.AcknowledgeMs);
        Assert.NotNull(desk.Find(Edge).Status);
    }

    // Memory is given back then, which stops the whole process: not while changes go on, and not for a few.
    [Fact]
    public async Task A_rest_is_told_of_once_behind_a_burst_of_writes()
    {
        int rests = 0;
        string reason = "First";
        await using WriterBench bench = new(
            key => Accepted(key, reason), onRest: () => Interlocked.Increment(ref rests));
        (StatusWriter writer, ManualTime time) = (bench.Writer, bench.Time);
        ObjectKey[] classes =
        [
            .. Enumerable.Range(0, ReportingLimits.BurstWrites)
                .Select(i => new ObjectKey(Groups.Gateway, Kinds.GatewayClass, "", $"c{i}")),
        ];
        foreach (ObjectKey key in classes)
            writer.Observe(Shown(key));
        bench.Start();
        await RestAsync();
        Assert.Equal(classes.Length, writer.Writes);
        Assert.Equal((1, 0), (Volatile.Read(ref rests), writer.Failures));

        reason = "Second";
        time.Advance(ReportingLimits.WritePauseMs);
        writer.Request(classes[..1]);
        time.Advance(ReportingLimits.LookMs);
        writer.Request([]);
        await RestAsync();
        Assert.Equal(classes.Length + 1, writer.Writes);
        Assert.Equal(1, Volatile.Read(ref rests));

        // Until the writer waits for as long as for a rest, and then for nothing any more.
        async Task RestAsync()
        {
            while (await NextAsync(time.Waits) != TimeSpan.FromMilliseconds(ReportingLimits.RestMs))
                Assert.False(bench.Running.IsCompleted);
            do time.Advance(ReportingLimits.RestMs);
            while (await NextAsync(time.Waits) != Timeout.InfiniteTimeSpan);
        }
    }

    [Fact]
    public async Task Nothing_is_written_when_the_lead_ends_while_a_status_is_found()
    {
        bool leads = true;
        int looks = 0;
        await using WriterBench bench = new(
            key =>
            {
                looks++;
                leads = false;
                return Accepted(key, "First");
            },
            () => leads);
        bench.Writer.Observe(Shown(Class));
        bench.Start();
        await bench.IdleAsync();
        Assert.Equal((1, 0, 0), (looks, bench.Writer.Writes, bench.Writer.Failures));
    }

    [Fact]
    public async Task One_object_is_written_again_only_after_a_pause()
    {
        string reason = "First";
        await using WriterBench bench = new(key => Accepted(key, reason));
        (StatusWriter writer, ManualTime time) = (bench.Writer, bench.Time);
        writer.Observe(Shown(Class));
        bench.Start();
        await bench.IdleAsync();
        Assert.Equal(1, writer.Writes);

        reason = "Second";
        writer.Request([Class]);
        while (await NextAsync(time.Waits) != TimeSpan.FromMilliseconds(ReportingLimits.WritePauseMs))
            Assert.Equal(1, writer.Writes);
        time.Advance(ReportingLimits.WritePauseMs);
        writer.Request([]);
        await bench.IdleAsync();
        Assert.Equal(2, writer.Writes);
    }

    // Two writes were under way when the API server said it.
    [Fact]
    public async Task The_longest_pause_that_was_asked_for_holds_for_all()
    {
        TaskCompletionSource bothLooked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        List<DateTimeOffset> looks = [];
        ManualTime time = new();
        await using WriterBench bench = new(
            key =>
            {
                looks.Add(time.GetUtcNow());
                if (looks.Count == 2)
                    bothLooked.SetResult();
                return Accepted(key, "First");
            },
            time: time);
        bench.Server.Refusals.Enqueue(30);
        bench.Server.Refusals.Enqueue(1);
        bench.Server.BeforeAnswer = bothLooked.Task.Wait;
        StatusWriter writer = bench.Writer;
        writer.Observe(Shown(Class));
        writer.Observe(Shown(Class with { Name = "other" }));
        bench.Start();
        while (writer.Failures < 2)
            await NextAsync(time.Waits);
        DateTimeOffset began = time.GetUtcNow();
        while (looks.Count < 4)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            writer.Request([]);
            await NextAsync(time.Waits);
        }

        Assert.InRange(looks[2] - began, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2));
        await bench.IdleAsync();
        Assert.Equal((2, 2), (writer.Writes, writer.Failures));
    }

    private static WantedStatus Accepted(ObjectKey key, string reason) => new(
        new GatewayClassStatus
        {
            Name = key.Name,
            Conditions = [new Condition("Accepted", ConditionStatus.True, reason, "", 1)],
        }, WaitMs: 0);

    private static Task<T> NextAsync<T>(ChannelReader<T> reader) =>
        reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    private static WatchBatch Shown(ObjectKey key) => new(
        null!, [new WatchedObject(key, new ObjectHead(), null, default, "")], [], IsComplete: true, "1");

    /// <summary>A writer that runs before an API server which takes every write.</summary>
    private sealed class WriterBench : IAsyncDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly ApiClient _api;
        private readonly CancellationTokenSource _stop = new();

        public WriterBench(
            Func<ObjectKey, WantedStatus> wanted, Func<bool>? isLeader = null, Action? onRest = null,
            ManualTime? time = null)
        {
            Time = time ?? new ManualTime();
            _api = ApiClients.Of(Server.Root, _folder);
            Writer = new StatusWriter(
                _api, "serval.dev/gateway-controller", wanted, isLeader ?? (static () => true),
                onRest ?? (static () => { }), Time, new Random(1), NullLogger.Instance);
        }

        public ManualTime Time { get; }

        public AgreeingApi Server { get; } = new();

        public StatusWriter Writer { get; }

        public Task Running { get; private set; } = Task.CompletedTask;

        public void Start() => Running = Writer.RunAsync(_stop.Token);

        // What has been looked at wakes the writer once more, which then waits again.
        public async Task IdleAsync()
        {
            while (Writer.Waiting > 0)
                await NextAsync(Time.Waits);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Running;
            Writer.Dispose();
            _stop.Dispose();
            _api.Dispose();
            await Server.DisposeAsync();
            _folder.Dispose();
        }
    }
}
