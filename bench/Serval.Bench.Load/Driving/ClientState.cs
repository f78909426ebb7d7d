namespace Serval.Bench.Load.Driving;

/// <summary>What a client connection is doing.</summary>
internal enum ClientState
{
    Closed,
    Opening,
    Securing,
    Free,
    Exchanging,
    AwaitingClose,
}
