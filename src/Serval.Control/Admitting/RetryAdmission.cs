using Serval.Common;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;

namespace Serval.Control.Admitting;

/// <summary>CRD rules of HTTPRouteRetry.</summary>
internal static class RetryAdmission
{
    public static void Check(RouteRetry? retry, string field, FindingList findings)
    {
        if (retry is null)
            return;
        for (int i = 0; i < retry.Codes.Count; i++)
        {
            if (retry.Codes[i] is < 400 or > 599)
                findings.Error($"{field}.codes[{i}]", Reason.InvalidValue, "A code is 400 to 599.");
        }
        if (retry.Codes.Distinct().Count() < retry.Codes.Count)
            findings.Error($"{field}.codes", Reason.Duplicate, "A code stands here twice; remove one.");
        if (retry.Attempts < 1)
        {
            findings.Error($"{field}.attempts", Reason.InvalidValue,
                "The number is 1 or more; without retries leave the field retry out.");
        }
        if (retry.Backoff is { } backoff && !Duration.TryParse(backoff, out _))
        {
            findings.Error($"{field}.backoff", Reason.InvalidValue,
                $"'{backoff}' is not a duration; write one like 100ms.");
        }
    }
}
