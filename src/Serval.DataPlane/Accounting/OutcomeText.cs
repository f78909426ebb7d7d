namespace Serval.DataPlane.Accounting;

/// <summary>The words for outcomes and the statuses that go with them.</summary>
internal static class OutcomeText
{
    /// <summary>How many outcomes there are.</summary>
    public const int Count = (int)Outcome.Drained + 1;

    /// <summary>Stable word for metrics, logs and the reason header.</summary>
    public static ReadOnlySpan<byte> Name(Outcome outcome) => outcome switch
    {
        Outcome.Completed => "completed"u8,
        Outcome.Redirected => "redirected"u8,
        Outcome.Answered => "answered"u8,
        Outcome.Preflight => "preflight"u8,
        Outcome.OriginRefused => "origin-refused"u8,
        Outcome.BadRequest => "bad-request"u8,
        Outcome.NoRoute => "no-route"u8,
        Outcome.Misdirected => "misdirected"u8,
        Outcome.NoBackend => "no-backend"u8,
        Outcome.NoEndpoint => "no-endpoint"u8,
        Outcome.Overloaded => "overloaded"u8,
        Outcome.HeadTooLarge => "head-too-large"u8,
        Outcome.ConnectFailed => "connect-failed"u8,
        Outcome.ConnectTimedOut => "connect-timed-out"u8,
        Outcome.UpstreamTlsFailed => "upstream-tls-failed"u8,
        Outcome.UpstreamUntrusted => "upstream-untrusted"u8,
        Outcome.UpstreamClosed => "upstream-closed"u8,
        Outcome.UpstreamInvalid => "upstream-invalid"u8,
        Outcome.UpstreamTimedOut => "upstream-timed-out"u8,
        Outcome.RequestTimedOut => "request-timed-out"u8,
        Outcome.UpstreamAborted => "upstream-aborted"u8,
        Outcome.DownstreamAborted => "downstream-aborted"u8,
        Outcome.DownstreamTimedOut => "downstream-timed-out"u8,
        Outcome.TunnelEnded => "tunnel-ended"u8,
        Outcome.CutForMemory => "cut-for-memory"u8,
        _ => "drained"u8,
    };

    /// <summary>The status with which Serval itself answers such an outcome.</summary>
    public static int Status(Outcome outcome) => outcome switch
    {
        Outcome.Answered => 200,
        Outcome.OriginRefused => 403,
        Outcome.NoRoute => 404,
        Outcome.Misdirected => 421,
        Outcome.NoBackend => 500,
        Outcome.HeadTooLarge => 431,
        Outcome.DownstreamTimedOut => 408,
        Outcome.UpstreamTlsFailed or Outcome.UpstreamUntrusted => 502,
        Outcome.UpstreamClosed or Outcome.UpstreamInvalid => 502,
        Outcome.NoEndpoint or Outcome.Overloaded or Outcome.ConnectFailed or Outcome.CutForMemory => 503,
        Outcome.ConnectTimedOut or Outcome.UpstreamTimedOut or Outcome.RequestTimedOut => 504,
        _ => 400,
    };
}
