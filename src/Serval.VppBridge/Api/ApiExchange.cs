using Serval.VppBridge.Transports;

namespace Serval.VppBridge.Api;

/// <summary>Calls that were sent together and what came back for them so far. Bound: entries and bytes of a
/// dump. Thread: the reading loop fills it, the caller waits.</summary>
/// <param name="first">The token of the first call.</param>
/// <param name="last">The token of the last call; tokens between are of calls too.</param>
/// <param name="endToken">The token that no more comes after.</param>
internal sealed class ApiExchange(uint first, uint last, uint endToken)
{
    private readonly List<byte[]> _bodies = [];
    private readonly TaskCompletionSource<List<byte[]>> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytesCount;

    /// <summary>The bodies after the context, once the last one is here.</summary>
    public Task<List<byte[]>> Done => _done.Task;

    /// <summary>Takes a message that is part of the answer; others are dropped.</summary>
    /// <exception cref="VppException">The message ends early, or the answer is too long.</exception>
    public void Take(byte[] message)
    {
        var reader = new ApiReader(message);
        reader.U16();
        uint seen = reader.U32();
        if (seen - first <= last - first && !_done.Task.IsCompleted)
        {
            _bytesCount += message.Length;
            if (_bodies.Count == Limits.ApiDumpEntriesMax || _bytesCount > Limits.ApiDumpBytesMax)
                throw new VppException(VppFault.Away, "a dump of VPP is too long");
            _bodies.Add(message[6..]);
        }

        if (seen == endToken)
            _done.TrySetResult(_bodies);
    }

    public void Fail(VppException why) => _done.TrySetException(why);
}
