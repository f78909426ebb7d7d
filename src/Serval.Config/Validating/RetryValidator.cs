using System.Collections.Immutable;
using Serval.Config.Model;

namespace Serval.Config.Validating;

/// <summary>Checks when a rule's requests are sent again.</summary>
internal static class RetryValidator
{
    /// <summary>Checks a policy; null is none.</summary>
    public static void Validate(FindingList findings, RetryPolicy? retry, Subject subject, string rule)
    {
        if (retry is null)
            return;
        ImmutableArray<int> codes = retry.Codes.OrEmpty();
        if (findings.RequireCount(codes.Length, ConfigLimits.RetryCodes, subject, $"{rule}.retry.codes"))
        {
            for (int i = 0; i < codes.Length; i++)
            {
                findings.Require(
                    codes[i] is >= 400 and <= 599, subject, $"{rule}.retry.codes[{i}]", Reasons.InvalidValue,
                    $"{codes[i]} is not the status of an error; use 400 to 599");
            }
        }

        findings.Require(
            retry.Attempts is >= 1 and <= ConfigLimits.RetryAttempts, subject, $"{rule}.retry.attempts",
            Reasons.InvalidValue,
            $"{retry.Attempts} is out of range; use 1 to {ConfigLimits.RetryAttempts}");
        findings.Require(
            retry.BackoffMs is >= 0 and <= ConfigLimits.RetryBackoffMs, subject, $"{rule}.retry.backoffMs",
            Reasons.InvalidValue,
            $"{retry.BackoffMs} is out of range; use 0 to {ConfigLimits.RetryBackoffMs}");
    }
}
