using System.Globalization;
using Serval.DataPlane.Admin;
using Serval.DataPlane.Tls;
using Serval.DataPlane.Workers;

namespace Serval.DataPlane.Accounting;

/// <summary>TLS handshakes on the page of metrics: those that succeeded, and why others did not.</summary>
internal static class HandshakeMetrics
{
    public static void Write(MetricsWriter writer, WorkerThread[] threads)
    {
        writer.OpenCounter(
            "serval_tls_handshakes_total", "TLS handshakes that succeeded, by side, version and resumption.");
        foreach (bool isUpstream in (ReadOnlySpan<bool>)[false, true])
        {
            foreach (bool isTls13 in (ReadOnlySpan<bool>)[false, true])
            {
                WriteCompleted(writer, threads, isUpstream, isTls13, isResumed: false);
                WriteCompleted(writer, threads, isUpstream, isTls13, isResumed: true);
            }
        }

        writer.OpenCounter(
            "serval_tls_handshake_failures_total",
            "TLS handshakes that failed, by side, reason and the name of the alert.");
        WriteFailed(writer, threads, isUpstream: false);
        WriteFailed(writer, threads, isUpstream: true);
    }

    private static void WriteCompleted(
        MetricsWriter writer, WorkerThread[] threads, bool isUpstream, bool isTls13, bool isResumed)
    {
        long sum = Sum(threads, one => one.ReadCompleted(isUpstream, isTls13, isResumed));
        if (sum > 0)
            writer.Sample(
                sum, SideOf(isUpstream), new MetricLabel("version", isTls13 ? "1.3" : "1.2"),
                new MetricLabel("resumed", isResumed ? "true" : "false"));
    }

    private static void WriteFailed(MetricsWriter writer, WorkerThread[] threads, bool isUpstream)
    {
        for (int failure = (int)HandshakeFailure.Closed; failure < HandshakeCounters.FailureCount; failure++)
        {
            long sum = Sum(threads, one => one.ReadFailed(isUpstream, (HandshakeFailure)failure));
            if (sum > 0)
                writer.Sample(
                    sum, SideOf(isUpstream),
                    new MetricLabel("reason", ReasonOf((HandshakeFailure)failure)),
                    new MetricLabel("alert", ""));
        }

        for (int alert = 0; alert < HandshakeCounters.AlertCodes; alert++)
        {
            foreach (bool isReceived in (ReadOnlySpan<bool>)[false, true])
            {
                int code = alert;
                long sum = Sum(threads, one => one.ReadAlerts(isUpstream, isReceived, code));
                if (sum > 0)
                    writer.Sample(
                        sum, SideOf(isUpstream),
                        new MetricLabel("reason", isReceived ? "alert-received" : "alert-sent"),
                        new MetricLabel("alert", AlertName(alert)));
            }
        }
    }

    private static long Sum(WorkerThread[] threads, Func<HandshakeCounters, long> read)
    {
        long sum = 0;
        foreach (WorkerThread thread in threads) sum += read(thread.Worker.Counters.Handshakes);
        return sum;
    }

    private static MetricLabel SideOf(bool isUpstream) => new("side", isUpstream ? "upstream" : "downstream");

    private static string ReasonOf(HandshakeFailure failure) => failure switch
    {
        HandshakeFailure.Closed => "closed",
        HandshakeFailure.TimedOut => "timed-out",
        HandshakeFailure.Evicted => "evicted",
        HandshakeFailure.NotServed => "not-served",
        HandshakeFailure.WrongName => "wrong-name",
        HandshakeFailure.NotTls => "not-tls",
        _ => "out-of-memory",
    };

    // The names of RFC 8446 §6; others by number.
    private static string AlertName(int alert) => alert switch
    {
        0 => "close_notify",
        (int)TlsAlert.UnexpectedMessage => "unexpected_message",
        20 => "bad_record_mac",
        (int)TlsAlert.RecordOverflow => "record_overflow",
        (int)TlsAlert.HandshakeFailure => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        (int)TlsAlert.IllegalParameter => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        (int)TlsAlert.DecodeError => "decode_error",
        51 => "decrypt_error",
        (int)TlsAlert.ProtocolVersion => "protocol_version",
        71 => "insufficient_security",
        (int)TlsAlert.InternalError => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        (int)TlsAlert.UnrecognizedName => "unrecognized_name",
        113 => "bad_certificate_status_response",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => alert.ToString(CultureInfo.InvariantCulture),
    };
}
