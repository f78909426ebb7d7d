using Serval.Common;
using Serval.Config;
using Serval.Config.Model;
using Serval.Control.Kubernetes.Resources;
using Serval.Control.Reporting;
using Serval.Control.Resolving;

namespace Serval.Control.Translating;

/// <summary>HTTPRouteRetry to a retry policy of the model.</summary>
internal static class RetryTranslator
{
    /// <summary>
    /// The policy; null for none. What exceeds a bound is brought down to it with a warning.
    /// </summary>
    public static RetryPolicy? Translate(RouteRetry? retry, string field, RouteVerdicts verdicts)
    {
        if (retry is null)
            return null;
        RetryPolicy standard = new();
        int attempts = retry.Attempts ?? standard.Attempts;
        if (attempts < 1)
        {
            verdicts.Refuse($"{field}.attempts", Reason.UnsupportedValue,
                "The number is 1 or more; without retries leave the field retry out.");
        }
        if (attempts > ConfigLimits.RetryAttempts)
        {
            verdicts.Warn($"{field}.attempts", Reason.InvalidValue,
                $"A request is sent again at most {ConfigLimits.RetryAttempts} times; that is used.");
            attempts = ConfigLimits.RetryAttempts;
        }
        return new RetryPolicy
        {
            Codes = [.. retry.Codes.Distinct().Order()],
            Attempts = attempts,
            BackoffMs = BackoffOf(retry.Backoff, standard.BackoffMs, $"{field}.backoff", verdicts),
        };
    }

    private static int BackoffOf(string? text, int standardMs, string field, RouteVerdicts verdicts)
    {
        if (text is null)
            return standardMs;
        if (!Duration.TryParse(text, out long milliseconds))
        {
            verdicts.Refuse(
                field, Reason.UnsupportedValue, $"'{text}' is not a duration; write one like 100ms.");
            return standardMs;
        }
        if (milliseconds <= ConfigLimits.RetryBackoffMs)
            return (int)milliseconds;
        verdicts.Warn(field, Reason.InvalidValue,
            $"A backoff is at most {ConfigLimits.RetryBackoffMs / 1_000} seconds; that is used.");
        return ConfigLimits.RetryBackoffMs;
    }
}
