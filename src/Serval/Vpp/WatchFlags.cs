using System.CommandLine;
using Grpc.Core;
using Serval.CommandLine.Roles;
using Serval.Common;

namespace Serval.CommandLine.Vpp;

/// <summary>How long to watch: until a signal, or for so many answers.</summary>
internal sealed class WatchFlags
{
    /// <summary>The answers to end after.</summary>
    public Option<int> Count { get; } = new("--count")
    {
        HelpName = "N",
        Description = "End after so many; without it, at SIGINT or SIGTERM",
    };

    /// <summary>Tells <paramref name="next"/> each answer of a stream.</summary>
    public async Task WatchAsync<T>(
        ParseResult parsed, VppClient client, Func<CallOptions, AsyncServerStreamingCall<T>> start,
        Action<T> next)
    {
        int count = parsed.GetValue(Count);
        if (count < 0 || (count == 0 && parsed.GetResult(Count) is { Implicit: false }))
            throw new OptionException($"--count {count} is not 1 or more");
        using StopSignals signals = new();
        using CancellationTokenSource stop = new();
        Task stopping = StopAtAsync(signals.First, stop);
        using AsyncServerStreamingCall<T> call = start(client.Until(stop.Token));
        await TellAsync(call.ResponseStream, count, next, stop.Token);
        if (stop.IsCancellationRequested)
            await stopping;
    }

    /// <summary>
    /// Tells <paramref name="next"/> each of <paramref name="answers"/>: <paramref name="count"/> of them, or
    /// with 0 all until <paramref name="stop"/>. A fault before the stop is thrown.
    /// </summary>
    internal static async Task TellAsync<T>(
        IAsyncStreamReader<T> answers, int count, Action<T> next, CancellationToken stop)
    {
        try
        {
            await foreach (T answer in answers.ReadAllAsync(CancellationToken.None))
            {
                next(answer);
                if (--count == 0)
                    return;
            }
        }
        catch (RpcException) when (stop.IsCancellationRequested)
        {
            // The status is Cancelled, or Unavailable where the stop met a read that was under way.
        }
    }

    private static async Task StopAtAsync(Task signal, CancellationTokenSource stop)
    {
        await signal;
        await stop.CancelAsync();
    }
}
