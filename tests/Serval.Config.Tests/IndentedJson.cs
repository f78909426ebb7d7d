using System.IO.Pipelines;
using Serval.Config.Model;
using Serval.Config.Wire;

namespace Serval.Config.Tests;

/// <summary>The form for people, as one text.</summary>
internal static class IndentedJson
{
    public static async Task<byte[]> OfAsync(Snapshot snapshot)
    {
        using MemoryStream text = new();
        PipeWriter pipe = PipeWriter.Create(text);
        await SnapshotJson.WriteIndentedAsync(snapshot, pipe, CancellationToken.None);
        await pipe.CompleteAsync();
        return text.ToArray();
    }
}
