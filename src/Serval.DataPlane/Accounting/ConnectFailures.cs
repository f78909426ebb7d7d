using Serval.DataPlane.Rings;

namespace Serval.DataPlane.Accounting;

/// <summary>Kinds of failed connects: from errno, and as text.</summary>
internal static class ConnectFailures
{
    /// <summary>How many kinds there are.</summary>
    public const int Count = (int)ConnectFailure.Other + 1;

    /// <summary>The kind that an errno of connect belongs to; EPROTO stands for a failed handshake.</summary>
    public static ConnectFailure KindOf(int errno) => errno switch
    {
        Errno.Connrefused => ConnectFailure.Refused,
        Errno.Timedout => ConnectFailure.TimedOut,
        Errno.Connreset or Errno.Connaborted => ConnectFailure.Reset,
        Errno.Netunreach or Errno.Hostunreach or Errno.Netdown or Errno.Hostdown =>
            ConnectFailure.Unreachable,
        Errno.Proto => ConnectFailure.Tls,
        _ => ConnectFailure.Other,
    };

    /// <summary>The kind as a label.</summary>
    public static string Text(ConnectFailure kind) => kind switch
    {
        ConnectFailure.Refused => "refused",
        ConnectFailure.TimedOut => "timed-out",
        ConnectFailure.Reset => "reset",
        ConnectFailure.Unreachable => "unreachable",
        ConnectFailure.Tls => "tls",
        _ => "other",
    };
}
