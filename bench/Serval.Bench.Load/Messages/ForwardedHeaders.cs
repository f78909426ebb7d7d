namespace Serval.Bench.Load.Messages;

/// <summary>The headers that each proxy is configured to add, so that all of them do the same work.</summary>
[Flags]
internal enum ForwardedHeaders
{
    None = 0,
    For = 1,
    Proto = 2,
    Host = 4,
    RequestId = 8,
    All = For | Proto | Host | RequestId,
}
