using System.Text.Json;
using Serval.VppBridge.Api;

namespace Serval.VppBridge.Tests.Simulation;

/// <summary>Frames of the binary API as a real VPP sent and took them.</summary>
internal sealed record RecordedFrames(string Step, bool IsFromVpp, byte[] Message)
{
    public static List<RecordedFrames> Load()
    {
        var frames = new List<RecordedFrames>();
        foreach (string line in File.ReadLines(
            Path.Combine(AppContext.BaseDirectory, "Fixtures", "binapi.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            byte[] frame = Convert.FromHexString(document.RootElement.GetProperty("hex").GetString()!);
            frames.Add(new RecordedFrames(
                document.RootElement.GetProperty("step").GetString()!,
                document.RootElement.GetProperty("dir").GetString() == "vpp->client",
                frame[ApiFrame.HeaderBytes..]));
        }

        return frames;
    }
}
