using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Serval.Control.Kubernetes.Api;

namespace Serval.Control.Kubernetes.Watching;

/// <summary>Lists and watches.</summary>
internal sealed partial class Reflector
{
    // An idle watch holds no buffer; a busy one hands over many changes at once.
    private static readonly StreamPipeReaderOptions Buffering = new(
        bufferSize: KubernetesLimits.ReadBytes, useZeroByteReads: true);

    /// <summary>
    /// Reads every object in pages, from a version that is kept in the server's cache if possible.
    /// </summary>
    private async Task<TimeSpan> ListAsync(CancellationToken stop)
    {
        // Without a limit a list of a known version is served from the cache; "0" is whatever the cache has.
        bool isPaged = HasSynced && _version.Length == 0;
        string version = isPaged ? "" : _version.Length == 0 ? "0" : _version;
        string next = "";
        Dictionary<ObjectKey, WatchedObject> all = [];
        for (int page = 0; ; page++)
        {
            string query = next.Length > 0
                ? $"limit={KubernetesLimits.PageObjects}&continue={Uri.EscapeDataString(next)}"
                : isPaged ? $"limit={KubernetesLimits.PageObjects}" : $"resourceVersion={version}";
            ObjectHead head;
            try
            {
                head = await ListPageAsync(query, all, stop);
            }
            catch (ApiException refusal) when (next.Length > 0 && refusal.Fault.IsExpired)
            {
                // The pages' moment is no longer kept: one full list of the newest.
                all.Clear();
                head = await ListPageAsync("resourceVersion=", all, stop);
            }
            next = head.Continue;
            if (next.Length > 0 && page < KubernetesLimits.PagesMax)
                continue;
            if (next.Length > 0)
                throw new InvalidOperationException(
                    $"The list has more than {KubernetesLimits.PagesMax} pages.");
            await ReplaceAsync(all.Values, head.ResourceVersion, stop);
            return TimeSpan.Zero;
        }
    }

    private async Task<ObjectHead> ListPageAsync(
        string query, Dictionary<ObjectKey, WatchedObject> all, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using ITimer _ = CancelAfter(limit, KubernetesLimits.ListTimeoutMs);
        using HttpResponseMessage response = await OpenAsync($"{Path}&{query}", limit.Token, stop);
        await using Stream stream = await response.Content.ReadAsStreamAsync(limit.Token);
        ListReader list = new(stream, _reader, found => Keep(all, found));
        await list.ReadAsync(limit.Token);
        return list.Head;
    }

    /// <summary>
    /// Follows changes from the last version; begins with every object where those are needed. Ends with the
    /// stream; the pause before the next try.
    /// </summary>
    private async Task<TimeSpan> WatchAsync(CancellationToken stop)
    {
        int seconds = random.Next(KubernetesLimits.WatchSecondsMin, KubernetesLimits.WatchSecondsMax + 1);
        string query = "watch=1&allowWatchBookmarks=true"
            + $"&timeoutSeconds={seconds}&resourceVersion={_version}";
        if (_needsObjects)
            query += "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using ITimer _ = CancelAfter(limit, (seconds * 1_000) + KubernetesLimits.StallMs);
        long startedAt = time.GetTimestamp();
        _initial = _needsObjects ? [] : null;
        long eventsBefore = _events;
        using (HttpResponseMessage response = await OpenAsync($"{Path}&{query}", limit.Token, stop))
        {
            await using Stream stream = await response.Content.ReadAsStreamAsync(limit.Token);
            try
            {
                await FollowAsync(stream, startedAt, limit.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new TimeoutException("The watch was silent for longer than it may be open.");
            }
        }
        return EndWatch(startedAt, _events - eventsBefore);
    }

    private async Task<HttpResponseMessage> OpenAsync(
        string path, CancellationToken limit, CancellationToken stop)
    {
        try
        {
            return await api.OpenAsync(path, limit);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new TimeoutException("The API server did not answer in time.");
        }
    }

    // Some proxies close a watch of an expired version instead of saying so.
    private TimeSpan EndWatch(long startedAt, long events)
    {
        bool isShort = events == 0
            && time.GetElapsedTime(startedAt).TotalMilliseconds < KubernetesLimits.ShortWatchMs;
        if (!isShort && _initial is null)
        {
            _shortWatches = 0;
            return TimeSpan.Zero;
        }
        Interlocked.Increment(ref _failures);
        if (++_shortWatches >= KubernetesLimits.ShortWatchesMax)
        {
            _shortWatches = 0;
            RequireObjects("");
        }
        TimeSpan pause = _backoff.Next();
        WatchLog.Failed(log, scope.ToString(), "the watch ended before anything came", pause.TotalSeconds);
        return pause;
    }

    private async Task FollowAsync(Stream stream, long startedAt, CancellationToken stop)
    {
        PipeReader pipe = PipeReader.Create(stream, Buffering);
        bool isInitial = _initial is not null;
        while (true)
        {
            ReadResult read = await pipe.ReadAsync(stop);
            ReadOnlySequence<byte> rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                await TakeAsync(WatchFrame.Read(rest.Slice(0, end)), stop);
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            if (rest.Length > KubernetesLimits.ObjectBytesMax)
                throw new JsonException($"An object is larger than {KubernetesLimits.ObjectBytesMax} bytes.");
            pipe.AdvanceTo(rest.Start, rest.End);
            await FlushAsync(stop);
            if (isInitial && _initial is null)
            {
                isInitial = false;
                double waitedMs = time.GetElapsedTime(startedAt).TotalMilliseconds;
                if (waitedMs > KubernetesLimits.InitialEventsLateMs)
                    WatchLog.InitialEventsLate(log, scope.ToString(), waitedMs / 1_000);
            }
            if (read.IsCompleted)
                return;
        }
    }

    private ITimer CancelAfter(CancellationTokenSource limit, int milliseconds) => time.CreateTimer(
        _ => limit.Cancel(), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
}
