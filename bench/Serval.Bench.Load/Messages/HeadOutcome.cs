namespace Serval.Bench.Load.Messages;

/// <summary>What a look at the received bytes found.</summary>
internal enum HeadOutcome
{
    Complete,
    Incomplete,
    Malformed,
}
