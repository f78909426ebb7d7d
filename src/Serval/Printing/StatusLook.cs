using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Serval.CommandLine.Printing;

/// <summary>What a role said of itself at one moment.</summary>
/// <param name="Status">Its answer to <c>/status</c>; null when there is none.</param>
/// <param name="Routers">A gateway's answer to <c>/routers</c>.</param>
/// <param name="Metrics">Its metrics.</param>
/// <param name="Fault">Why there is no answer.</param>
/// <param name="At">When; <see cref="Stopwatch.GetTimestamp"/>.</param>
/// <param name="Address">Who was asked.</param>
internal sealed record StatusLook(
    JsonObject? Status, JsonObject? Routers, MetricsText Metrics, string Fault, long At, string Address)
{
    /// <summary>Asks.</summary>
    public static async Task<StatusLook> TakeAsync(AdminQuestion question, CancellationToken stop)
    {
        AdminAnswer status = await question.AskAsync("status", stop: stop);
        if (!status.IsOk)
            return new StatusLook(null, null, new MetricsText(), status.Text, 0, status.Address);
        JsonObject values = JsonNode.Parse(status.Text)!.AsObject();
        AdminAnswer metrics = await question.AskAsync("metrics", "text/plain", stop);
        JsonObject? routers = null;
        if (values["role"]!.GetValue<string>() == "gateway")
        {
            AdminAnswer fleet = await question.AskAsync("routers", stop: stop);
            routers = fleet.IsOk ? JsonNode.Parse(fleet.Text)!.AsObject() : null;
        }
        return new StatusLook(
            values, routers, MetricsText.Read(metrics.IsOk ? metrics.Text : ""), "",
            Stopwatch.GetTimestamp(), status.Address);
    }

    /// <summary>Everything for programs.</summary>
    public JsonObject ToJson()
    {
        JsonObject all = Status!.DeepClone().AsObject();
        if (Routers is not null)
            all["gateway"] = Routers.DeepClone();
        return all;
    }
}
