using System.Buffers;
using System.Text.Json;
using Serval.Control;
using Serval.Control.Publishing;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Roles;

/// <summary>What <c>GET /routers</c> of a gateway answers, and <c>serval status</c> prints.</summary>
internal static class RoutersJson
{
    /// <summary>Writes it.</summary>
    public static ReadOnlyMemory<byte> Write(GatewayView view)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("identity", view.Identity);
            json.WriteBoolean("isLeader", view.IsLeader);
            json.WriteString("leader", view.Leader);
            json.WriteNumber("epoch", view.Epoch);
            json.WriteNumber("generation", view.Generation);
            json.WriteString("version", view.Version);
            json.WriteStartArray("routers");
            foreach (RouterState router in view.Fleet.Routers)
                Write(json, router, view.Sequence);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        return text.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, RouterState router, long sequence)
    {
        json.WriteStartObject();
        json.WriteString("name", router.Endpoint.Name);
        json.WriteString("address", router.Endpoint.Address.ToString());
        json.WriteBoolean("isReady", router.Endpoint.IsReady);
        json.WriteString("version", router.Version);
        json.WriteNumber("snapshotsBehind", sequence - router.Sequence);
        json.WriteNumber("pushes", router.Pushes);
        json.WriteNumber("fullPushes", router.FullPushes);
        json.WriteNumber("failedPushes", router.FailedPushes);
        json.WriteNumber("lastPushMs", Math.Round(router.LastPushMs, 1));
        json.WriteString("failure", router.Failure);
        FindingJson.Write(json, router.Findings);
        json.WriteEndObject();
    }
}
