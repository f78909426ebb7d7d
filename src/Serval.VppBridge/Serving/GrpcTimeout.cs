using System.Globalization;

namespace Serval.VppBridge.Serving;

/// <summary>
/// The <c>grpc-timeout</c> header: at most eight digits and a unit (gRPC over HTTP/2, "Requests"). The
/// library takes one that it cannot read for none.
/// </summary>
internal static class GrpcTimeout
{
    private const int DigitsMax = 8;

    /// <summary>Reads a value; false if it is malformed.</summary>
    public static bool TryParse(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > DigitsMax + 1
            || !long.TryParse(
                text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return false;
        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,
            'n' => value / TimeSpan.NanosecondsPerTick,
            _ => null,
        };
        timeout = new TimeSpan(ticks ?? 0);
        return ticks is not null;
    }

    /// <summary>Writes whole milliseconds; at most 27 hours.</summary>
    public static string Format(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)timeout.TotalMilliseconds}m");
}
