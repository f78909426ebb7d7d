namespace Serval.Control.Acme;

/// <summary>Every bound on getting certificates.</summary>
internal static class AcmeLimits
{
    /// <summary>
    /// Tries for one certificate within an hour, kept over restarts; more wait, so that an authority's own
    /// limits are never reached.
    /// </summary>
    public const int TriesPerHour = 3;

    /// <summary>Pause after a try that failed, milliseconds.</summary>
    public const int FailurePauseMs = 300_000;

    /// <summary>Names of one certificate; further ones are left out with an error in the log.</summary>
    public const int NamesMax = 100;

    /// <summary>Time for one answer of the authority, milliseconds.</summary>
    public const int AnswerMs = 30_000;

    /// <summary>Bytes of one answer of the authority; more fails the try.</summary>
    public const int AnswerBytesMax = 1_048_576;

    /// <summary>Questions to the authority whether it has come to a result; then the try fails.</summary>
    public const int PollsMax = 60;

    /// <summary>Shortest pause between two of them, milliseconds.</summary>
    public const int PollMinMs = 500;

    /// <summary>Longest pause that the authority can ask for between two of them, milliseconds.</summary>
    public const int PollMaxMs = 10_000;

    /// <summary>Answers that a nonce is of no use any more, in one request; then the try fails.</summary>
    public const int NoncesMax = 5;

    /// <summary>Characters of a challenge's token; a longer one fails the try.</summary>
    public const int TokenLength = 256;

    /// <summary>
    /// Pause between two questions when the authority wants a certificate renewed, where it does not say
    /// itself, milliseconds (RFC 9773 §4.3.3).
    /// </summary>
    public const int SuggestionMs = 21_600_000;

    /// <summary>Shortest such pause that an authority can ask for, milliseconds.</summary>
    public const int SuggestionMinMs = 60_000;

    /// <summary>Longest such pause that an authority can ask for, milliseconds.</summary>
    public const int SuggestionMaxMs = 86_400_000;

    /// <summary>Pause between two looks at which certificates are due, milliseconds.</summary>
    public const int LookMs = 60_000;

    /// <summary>Connections at once to the answers to challenges; more wait.</summary>
    public const int AnswersAtOnce = 32;

    /// <summary>Pause after such a connection could not be accepted, milliseconds.</summary>
    public const int AcceptPauseMs = 100;

    /// <summary>Bytes of a request for such an answer; more closes it.</summary>
    public const int RequestBytesMax = 8_192;

    /// <summary>Time for such a request, milliseconds; then it is closed.</summary>
    public const int RequestMs = 5_000;

    /// <summary>Bytes of a file of state.</summary>
    public const int StateBytesMax = 1_048_576;
}
