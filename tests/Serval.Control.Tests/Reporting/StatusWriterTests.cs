using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Watching;
using Serval.Control.Reporting;

namespace Serval.Control.Tests.Reporting;

/// <summary>When objects are looked at. None of these has a status to write.</summary>
public sealed class StatusWriterTests
{
    private static readonly ObjectKey Edge = new(Groups.Gateway, Kinds.Gateway, "shop", "edge");
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

    private static Task<T> NextAsync<T>(ChannelReader<T> reader) =>
        reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    private static WatchBatch Shown(ObjectKey key) => new(
        null!, [new WatchedObject(key, new ObjectHead(), null, default, "")], [], IsComplete: true, "1");
}
