namespace Serval.DataPlane.Balancing;

/// <summary>
/// When an endpoint is ejected, for how long, and how it comes back. Only what proves that it cannot serve
/// counts: connections that fail, and connections that end before they brought any response. Pure: values in,
/// values out.
/// </summary>
internal static class Ejection
{
    /// <summary>Counts a failure; true when it ejects the endpoint.</summary>
    /// <param name="state">The endpoint.</param>
    /// <param name="epoch">Its <see cref="EndpointState.Epoch"/> when the attempt began.</param>
    /// <param name="nowMs">Turn clock.</param>
    /// <param name="random">64 random bits, so that workers and routers do not come back at once.</param>
    public static bool CountFailure(ref EndpointState state, int epoch, long nowMs, ulong random)
    {
        // An attempt that is older than the ejection adds nothing to what is known.
        if (epoch != state.Epoch || state.IsRetired) return false;
        state.Failures++;
        bool isEjecting = state.Health switch
        {
            EndpointHealth.Healthy => state.Failures >= Limits.EjectionFailures,
            EndpointHealth.Dialled or EndpointHealth.OnTrial => true,
            _ => false,
        };
        if (!isEjecting) return false;
        // One that stayed well for as long as the longest ejection begins anew.
        bool isNew = state.Health == EndpointHealth.Healthy
            && nowMs - state.EjectedUntilMs > Limits.EjectionMsMax;
        state.Ejections = isNew ? 1 : state.Ejections + 1;
        state.Health = EndpointHealth.Ejected;
        state.Epoch++;
        state.EjectedUntilMs = nowMs + DurationMs(state.Ejections, random);
        return true;
    }

    /// <summary>Takes note of a response; true when it brings the endpoint back.</summary>
    public static bool CountResponse(ref EndpointState state, int epoch)
    {
        if (epoch != state.Epoch) return false;
        state.Failures = 0;
        if (state.Health == EndpointHealth.Healthy) return false;
        state.Health = EndpointHealth.Healthy;
        return true;
    }

    /// <summary>
    /// Doubled each time, up to <see cref="Limits.EjectionMsMax"/>, of which a half is left to chance.
    /// </summary>
    public static int DurationMs(int ejections, ulong random)
    {
        int doublings = Math.Clamp(ejections - 1, 0, 16);
        int longest = (int)Math.Min((long)Limits.EjectionMsMin << doublings, Limits.EjectionMsMax);
        int half = longest / 2;
        return half + (int)(((random >> 32) * (ulong)(uint)(half + 1)) >> 32);
    }
}
