using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Serval.Control.Kubernetes;
using Serval.Control.Kubernetes.Api;
using Serval.Control.Kubernetes.Watching;

namespace Serval.Control.Reporting;

/// <summary>One object: what to write, and how.</summary>
internal sealed partial class StatusWriter
{
    /// <summary>Writes one status where it differs; when to look again, or -1.</summary>
    private async Task<int> WriteAsync(ObjectKey key, CancellationToken stop)
    {
        for (int conflicts = 0; conflicts <= ReportingLimits.ConflictsMax; conflicts++)
        {
            ObservedStatus? observed;
            lock (_lock)
                _observed.TryGetValue(key, out observed);
            if (observed is null)
                return -1;
            WantedStatus want = wanted(key);
            if (want.WaitMs > 0)
                return want.WaitMs;
            // Of a class or Gateway of another controller nothing is ours to take back.
            if (want.Status is null && !HasEntries(key))
                return -1;
            if (IsAgreed(want.Status, observed))
                return -1;
            JsonObject? status = StatusMerge.Merge(want.Status, observed, controllerName, time.GetUtcNow());
            if (status is null)
            {
                Agree(want.Status, observed);
                return -1;
            }
            if (!isLeader() || stop.IsCancellationRequested)
                return -1;
            ApiAnswer answer = await SendAsync(key, status, observed, stop);
            if (answer.IsSuccess)
            {
                Interlocked.Increment(ref _writes);
                Keep(key, answer.Body);
                return -1;
            }
            if (answer.Status == HttpStatusCode.NotFound)
                return -1; // its deletion is on the way
            if (answer.Status == HttpStatusCode.TooManyRequests)
                return Pause(key, answer);
            if (answer.Status != HttpStatusCode.Conflict)
                return Fail(key, answer.Fault.ToString());
            ApiAnswer fresh = await api.GetAsync(Path(key), stop);
            if (fresh.Status == HttpStatusCode.NotFound)
                return -1;
            if (!fresh.IsSuccess)
                return Fail(key, fresh.Fault.ToString());
            Keep(key, fresh.Body);
        }
        return Fail(key, "Someone else writes it again and again.");
    }

    // Whatever a router says, every Gateway and ListenerSet is looked at. What was compared before is not
    // read again, because a status of many listeners is long.
    private bool IsAgreed(ObjectStatus? wanted, ObservedStatus observed)
    {
        ObjectStatus? agreed;
        lock (_lock)
            agreed = observed.Agreed;
        return wanted is not null && agreed is not null && StatusComparison.SayTheSame(agreed, wanted);
    }

    private void Agree(ObjectStatus? wanted, ObservedStatus observed)
    {
        lock (_lock)
            observed.Agreed = wanted is GatewayStatus or ListenerSetStatus ? wanted : null;
    }

    // Lists of a class and a Gateway are maps: server-side apply owns our entries alone. The parents of a
    // route and the ancestors of a policy are one value, so entries of others are written back as they were,
    // under the version that was read.
    private Task<ApiAnswer> SendAsync(
        ObjectKey key, JsonObject status, ObservedStatus observed, CancellationToken stop)
    {
        JsonObject metadata = new() { ["name"] = key.Name };
        if (key.Namespace.Length > 0)
            metadata["namespace"] = key.Namespace;
        bool hasEntries = HasEntries(key);
        metadata[hasEntries ? "resourceVersion" : "uid"] =
            hasEntries ? observed.ResourceVersion : observed.Uid;
        JsonObject body = new()
        {
            ["apiVersion"] = ResourceKind.Find(key.Group, key.Kind)!.ApiVersion,
            ["kind"] = key.Kind,
            ["metadata"] = metadata,
            ["status"] = status,
        };
        byte[] json = Encoding.UTF8.GetBytes(body.ToJsonString());
        return hasEntries
            ? api.SendAsync(HttpMethod.Put, $"{Path(key)}/status", json, "application/json", stop)
            : api.SendAsync(
                HttpMethod.Patch, $"{Path(key)}/status?fieldManager={FieldManager}&force=true", json,
                "application/apply-patch+yaml", stop);
    }

    private int Pause(ObjectKey key, ApiAnswer answer)
    {
        int pauseMs = (int)(answer.RetryAfter?.TotalMilliseconds ?? ReportingLimits.ThrottledMs);
        lock (_lock)
            _pausedUntilMs = Math.Max(
                _pausedUntilMs, NowMs + pauseMs + random.Next(ReportingLimits.ThrottledMs));
        Interlocked.Increment(ref _failures);
        ReportingLog.Paused(log, key.ToString(), pauseMs);
        return pauseMs;
    }

    private void Keep(ObjectKey key, ReadOnlyMemory<byte> body)
    {
        ObjectReader reader = new(ResourceKind.Find(key.Group, key.Kind)!, keepsStatus: true);
        (ObjectHead head, ReadOnlyMemory<byte> status) = reader.ReadHead(new ReadOnlySequence<byte>(body));
        ObservedStatus seen = new(head.Uid, head.ResourceVersion, head.Generation, status);
        lock (_lock)
        {
            // It may have been deleted meanwhile: then nothing is remembered of it.
            if (_observed.TryGetValue(key, out ObservedStatus? before))
                _observed[key] = (seen.IsNewerThan(before) ? seen : before) with { WrittenAtMs = NowMs };
        }
    }

    // Routes and policies: their status is one list with entries of every controller.
    private static bool HasEntries(ObjectKey key) =>
        key.Kind is Kinds.ListenerPolicy or Kinds.BackendTlsPolicy
        || key.Kind.EndsWith("Route", StringComparison.Ordinal);

    private static string Path(ObjectKey key)
    {
        string scope = key.Namespace.Length == 0 ? "" : $"/namespaces/{key.Namespace}";
        ResourceKind kind = ResourceKind.Find(key.Group, key.Kind)!;
        return $"/apis/{kind.ApiVersion}{scope}/{kind.Plural}/{key.Name}";
    }
}
