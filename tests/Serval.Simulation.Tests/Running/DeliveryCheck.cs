using Serval.Simulation.Tests.Actors;
using Serval.Simulation.Tests.Http;
using Serval.Simulation.Tests.Network;

namespace Serval.Simulation.Tests.Running;

/// <summary>
/// Whether a client got what it was owed: the upstream's response, unless a fault that was played in this
/// run, and for this exchange, excuses another end.
/// </summary>
internal static class DeliveryCheck
{
    public static void Check(SimulatedNetwork network, ExchangePlan plan)
    {
        FaultProfile faults = network.Faults;
        bool isGood = plan.Delivery switch
        {
            Delivery.Upstream => true,
            Delivery.Local => MayBeLocal(faults, plan),
            Delivery.Part => MayBeCut(faults, plan),
            Delivery.Nothing => MayBeCut(faults, plan) || MayBeUnanswered(faults, plan),
            Delivery.NotSent => MayBeUnsent(faults, plan),
            _ => plan.ClientFault == ClientFault.StallsReading,
        };
        if (plan.Delivery == Delivery.Upstream
            && plan.UpstreamFault is UpstreamFault.BreaksHead or UpstreamFault.BreaksChunk)
            isGood &= plan.ClientFault != ClientFault.None || plan.IsHttp10;
        if (isGood) return;
        network.Violate(
            $"exchange {plan.Id} ({plan.Method} {plan.Path}, {plan.Request.Shape} {plan.Request.Length}, "
            + $"{plan.Response.Shape} {plan.Response.Length}, {plan.UpstreamFault}, {plan.ClientFault}) "
            + $"ends as {plan.Delivery} {plan.StatusSeen} {plan.Reason}, "
            + $"sent at {plan.SentUs / 1_000} ms, ended at {plan.EndedUs / 1_000} ms, "
            + $"seen {plan.TimesSeen} times");
    }

    private static bool MayBeLocal(FaultProfile faults, ExchangePlan plan)
    {
        bool isUpstreamFaulty = plan.UpstreamFault is not (UpstreamFault.None or UpstreamFault.AnswersEarly);
        bool isRepeatable = plan.IsIdempotent && plan.Request.Shape == BodyShape.None;
        return plan.Reason switch
        {
            "no-route" => plan.StatusSeen == 404
                && (plan.Path.StartsWith("/none/", StringComparison.Ordinal) || faults.RemovesListener),
            "upstream-closed" => plan.StatusSeen == 502
                && (isUpstreamFaulty || ClosesEarly(plan) || (faults.ClosesIdle && !isRepeatable)),
            // Without buffers nobody's bytes move.
            "upstream-timed-out" => plan.StatusSeen == 504
                && (plan.UpstreamFault is UpstreamFault.Stalls or UpstreamFault.StallsEarly
                        or UpstreamFault.StopsReading
                    || faults.HasFewBuffers || plan.IsOf(SampleSnapshot.Timed)),
            "request-timed-out" => plan.StatusSeen == 504 && plan.IsOf(SampleSnapshot.Timed),
            "connect-failed" => plan.StatusSeen == 503 && faults.ConnectFaultPermille > 0,
            "connect-timed-out" => plan.StatusSeen == 504 && faults.ConnectFaultPermille > 0,
            "no-endpoint" => plan.StatusSeen == 503 && faults.RemovesEndpoints,
            "cut-for-memory" => plan.StatusSeen == 503 && faults.HasFewBuffers,
            "overloaded" => plan.StatusSeen == 503 && (faults.HasFewBuffers || faults.HasFewSlots),
            "downstream-timed-out" => plan.StatusSeen == 408
                && (plan.ClientFault == ClientFault.Stalls || plan.DripBytes > 0 || faults.HasFewBuffers),
            // The rule that a message broke.
            _ => plan.StatusSeen == 502
                ? isUpstreamFaulty || MayBeTooLong(plan)
                : plan.ClientFault == ClientFault.Garbles && plan.StatusSeen is >= 400 and < 500,
        };
    }

    private static bool MayBeCut(FaultProfile faults, ExchangePlan plan)
    {
        if (faults.HasFewBuffers || plan.MayBeGone) return true;
        if (ClosesEarly(plan) || plan.IsOf(SampleSnapshot.Timed)) return true;
        if (plan.ClientFault is not (ClientFault.None or ClientFault.Garbles)) return true;
        return plan.UpstreamFault is UpstreamFault.Resets or UpstreamFault.Closes or UpstreamFault.Stalls
            or UpstreamFault.StallsEarly or UpstreamFault.BreaksChunk or UpstreamFault.ResetsInAnswer
            or UpstreamFault.StopsReading;
    }

    // Edits make its head longer than a buffer: a 101 as well as any other.
    private static bool MayBeTooLong(ExchangePlan plan) =>
        plan.IsOf(SampleSnapshot.Long) && plan.PaddingBytes >= SampleSnapshot.LongPaddingBytes;

    private static bool MayBeUnanswered(FaultProfile faults, ExchangePlan plan)
    {
        if (plan.IsBehindEnd) return true;
        // Armed accepts of the first listener may take every slot.
        if (faults.HasFewSlots && plan.TimesSeen == 0) return true;
        // A connection that was drained, or never accepted, before anybody has looked at the request.
        return (faults.DrainsEarly && !plan.WasSeenBeforeDrain)
            || (faults.RemovesListener && plan.TimesSeen == 0);
    }

    private static bool MayBeUnsent(FaultProfile faults, ExchangePlan plan) =>
        plan.IsBehindEnd || faults.DrainsEarly || faults.RemovesListener || faults.HasFewSlots
        || faults.TakenPortPermille > 0;

    // Closing on a request that is still coming resets, which may take the answer along.
    private static bool ClosesEarly(ExchangePlan plan) =>
        plan.UpstreamFault == UpstreamFault.AnswersEarly
        && (plan.UpstreamCloses || UpstreamAnswer.ShapeOf(plan) == BodyShape.UntilClose);
}
