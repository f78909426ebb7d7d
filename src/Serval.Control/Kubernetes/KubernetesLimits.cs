namespace Serval.Control.Kubernetes;

/// <summary>Every bound on what an API server can do to the control plane.</summary>
internal static class KubernetesLimits
{
    /// <summary>Time to connect to the API server; then the request fails and is tried again.</summary>
    public const int ConnectTimeoutMs = 10_000;

    /// <summary>Time without a byte after which a connection with open watches is pinged.</summary>
    public const int PingDelayMs = 20_000;

    /// <summary>
    /// Time for the answer to a ping; then the connection is closed and its watches start again.
    /// </summary>
    public const int PingTimeoutMs = 10_000;

    /// <summary>Time for one request that is not a watch; then it fails and is tried again.</summary>
    public const int RequestTimeoutMs = 30_000;

    /// <summary>
    /// Pause between two readings of the configuration after a refused certificate or token.
    /// </summary>
    public const int ReconnectMs = 5_000;

    /// <summary>Bytes of one answer that is not a list; more fails the request.</summary>
    public const int AnswerBytesMax = 16 * 1024 * 1024;

    /// <summary>
    /// Bytes of one object in a list or a watch; a larger one ends the stream with an error.
    /// </summary>
    public const int ObjectBytesMax = 16 * 1024 * 1024;

    /// <summary>Bytes read at once from a list or a watch.</summary>
    public const int ReadBytes = 64 * 1024;

    /// <summary>Time for one page of a list; then it fails and is tried again, milliseconds.</summary>
    public const int ListTimeoutMs = 120_000;

    /// <summary>Objects of one page of a list.</summary>
    public const int PageObjects = 500;

    /// <summary>Pages of one list; a longer one fails.</summary>
    public const int PagesMax = 10_000;

    /// <summary>
    /// Objects that one reflector keeps; more: the list fails and what was read before stays.
    /// </summary>
    public const int ObjectsMax = 500_000;

    /// <summary>Shortest time that the API server is asked to keep a watch open, seconds.</summary>
    public const int WatchSecondsMin = 300;

    /// <summary>Longest time that the API server is asked to keep a watch open, seconds.</summary>
    public const int WatchSecondsMax = 600;

    /// <summary>
    /// Time beyond what was asked for after which a silent watch is given up, milliseconds.
    /// </summary>
    public const int StallMs = 30_000;

    /// <summary>Time for the first objects of a watch to arrive before a warning is logged.</summary>
    public const int InitialEventsLateMs = 10_000;

    /// <summary>A watch that ends sooner without an event counts as failed, milliseconds.</summary>
    public const int ShortWatchMs = 1_000;

    /// <summary>Failed short watches in a row after which the objects are listed anew.</summary>
    public const int ShortWatchesMax = 3;

    /// <summary>First pause after a failure, milliseconds; doubled with each further one.</summary>
    public const int BackoffMs = 800;

    /// <summary>Longest pause after a failure, before jitter, milliseconds.</summary>
    public const int BackoffMaxMs = 30_000;

    /// <summary>Time without a failure after which the next pause is the first one again.</summary>
    public const int BackoffResetMs = 120_000;

    /// <summary>
    /// Times that the API server must say it does not know a kind before nobody waits for it.
    /// </summary>
    public const int UnknownLooks = 3;

    /// <summary>Pause before a kind that the API server does not know is asked for again.</summary>
    public const int UnknownKindMs = 30_000;

    /// <summary>Longest pause that a Retry-After of the API server is obeyed for, milliseconds.</summary>
    public const int RetryAfterMaxMs = 60_000;
}
