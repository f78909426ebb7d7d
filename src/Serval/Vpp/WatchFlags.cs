using System.CommandLine;
using Google.Protobuf;
using Serval.CommandLine.Roles;

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
        ParseResult parsed, VppClient client, string method, IMessage request, MessageParser<T> parser,
        Action<T> next)
        where T : class, IMessage<T>
    {
        int count = parsed.GetValue(Count);
        if (count < 0 || (count == 0 && parsed.GetResult(Count) is { Implicit: false }))
            throw new UsageException($"--count {count} is not 1 or more");
        using StopSignals signals = new();
        using CancellationTokenSource stop = new();
        Task stopping = StopAtAsync(signals.First, stop);
        try
        {
            await foreach (T answer in client.StreamAsync(method, request, parser, stop.Token))
            {
                next(answer);
                if (--count == 0)
                    return;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await stopping;
        }
    }

    private static async Task StopAtAsync(Task signal, CancellationTokenSource stop)
    {
        await signal;
        await stop.CancelAsync();
    }
}
