namespace Serval.Bench.Load.Messages;

/// <summary>How far a send came.</summary>
internal enum SendOutcome
{
    Done,
    Blocked,
    Failed,
}
