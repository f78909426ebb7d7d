using Serval.Config;

namespace Serval.Control.Publishing;

/// <summary>Every bound on how snapshots reach routers.</summary>
internal static class PublishingLimits
{
    /// <summary>
    /// Routers that one gateway publishes to; further ones are left out with an error in the log.
    /// </summary>
    public const int RoutersMax = 1_024;

    /// <summary>Time to connect to a router; then the push fails and is tried again.</summary>
    public const int ConnectTimeoutMs = 3_000;

    /// <summary>Time for a router to take a snapshot; then the push fails and is tried again.</summary>
    public const int PushTimeoutMs = 30_000;

    /// <summary>
    /// Time for a router to say which version is live and what is wrong; then it counts as not reachable.
    /// </summary>
    public const int CheckTimeoutMs = 5_000;

    /// <summary>Pause between two questions which version is live and what is wrong with it.</summary>
    public const int CheckPeriodMs = 2_000;

    /// <summary>First pause after a failed push; doubled with each further one.</summary>
    public const int BackoffMs = 200;

    /// <summary>Longest pause after a failed push, before jitter.</summary>
    public const int BackoffMaxMs = 10_000;

    /// <summary>Pause after a router said that another replica knows more.</summary>
    public const int StaleMs = 1_000;

    /// <summary>Pause before a version that a router refused is offered to it again.</summary>
    public const int RefusedMs = 30_000;

    /// <summary>
    /// Time that a replica which does not lead leaves a router with another version than its own before it
    /// pushes itself: the leader is gone or slow.
    /// </summary>
    public const int StandbyMs = 3_000;

    /// <summary>Bytes of a router's answer that are read; more fails the push.</summary>
    public const int AnswerBytesMax = 4 * 1024 * 1024;

    /// <summary>Findings of a router that are kept.</summary>
    public const int FindingsMax = 100;

    /// <summary>First time that changes are collected after a push that has just been made.</summary>
    public const int CollectMs = 5;

    /// <summary>Longest time that changes are collected while they do not stop.</summary>
    public const int CollectMaxMs = 100;

    /// <summary>Time without a change after which the next one is pushed at once.</summary>
    public const int QuietMs = 100;

    /// <summary>Certificates with their keys in one push of secrets; more go in the next.</summary>
    public const int KeyPairsPerPush = 64;

    /// <summary>
    /// Bytes of one push of secrets; more go in the next. A quarter of what a router takes, and more than any
    /// one certificate with its key.
    /// </summary>
    public const int SecretBytesPerPush = ConfigLimits.PushBytes / 4;
}
