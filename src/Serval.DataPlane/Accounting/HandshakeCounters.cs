namespace Serval.DataPlane.Accounting;

/// <summary>
/// TLS handshakes of one worker. Written by the worker alone with plain stores, read by anyone.
/// Owner: one worker. Bound: fixed when it is created.
/// </summary>
internal sealed class HandshakeCounters
{
    /// <summary>Alerts have a byte for a code.</summary>
    public const int AlertCodes = 256;

    private const int Kinds = 8;
    private readonly long[] _completed = new long[Kinds];
    private readonly long[] _failed = new long[2 * FailureCount];
    private readonly long[] _alerts = new long[2 * 2 * AlertCodes];

    /// <summary>How many kinds of failures there are.</summary>
    public const int FailureCount = (int)HandshakeFailure.OutOfMemory + 1;

    /// <summary>A handshake that succeeded.</summary>
    /// <param name="isUpstream">To an endpoint, not with a client.</param>
    /// <param name="isTls13">TLS 1.3, not 1.2.</param>
    /// <param name="isResumed">Of a session from before.</param>
    public void Complete(bool isUpstream, bool isTls13, bool isResumed) =>
        _completed[IndexOf(isUpstream, isTls13, isResumed)]++;

    /// <summary>A handshake that failed.</summary>
    /// <param name="isUpstream">To an endpoint, not with a client.</param>
    /// <param name="failure">How.</param>
    /// <param name="alert">The alert, where there is one.</param>
    public void Fail(bool isUpstream, HandshakeFailure failure, int alert)
    {
        if (failure is HandshakeFailure.AlertSent or HandshakeFailure.AlertReceived)
            _alerts[AlertIndex(isUpstream, failure == HandshakeFailure.AlertReceived, alert & 0xff)]++;
        else
            _failed[((isUpstream ? 1 : 0) * FailureCount) + (int)failure]++;
    }

    public long ReadCompleted(bool isUpstream, bool isTls13, bool isResumed) =>
        Volatile.Read(ref _completed[IndexOf(isUpstream, isTls13, isResumed)]);

    public long ReadFailed(bool isUpstream, HandshakeFailure failure) =>
        Volatile.Read(ref _failed[((isUpstream ? 1 : 0) * FailureCount) + (int)failure]);

    public long ReadAlerts(bool isUpstream, bool isReceived, int alert) =>
        Volatile.Read(ref _alerts[AlertIndex(isUpstream, isReceived, alert)]);

    private static int IndexOf(bool isUpstream, bool isTls13, bool isResumed) =>
        (isUpstream ? 4 : 0) + (isTls13 ? 2 : 0) + (isResumed ? 1 : 0);

    private static int AlertIndex(bool isUpstream, bool isReceived, int alert) =>
        (((isUpstream ? 2 : 0) + (isReceived ? 1 : 0)) * AlertCodes) + alert;
}
