using System.Globalization;
using System.Text;

namespace Serval.Bench.Load.Messages;

/// <summary>The hostnames of many routes, and which of them a request is for.</summary>
internal static class BenchHosts
{
    /// <summary>The host when there is one route.</summary>
    public const string Plain = "bench.example";

    public const int Digits = 7;
    public const string Suffix = ".bench.example";

    public static string Of(int route) =>
        string.Create(CultureInfo.InvariantCulture, $"h{route:D7}{Suffix}");

    /// <summary>
    /// The route of a request: requests that follow each other go far apart, and all routes have their turn
    /// (multiples of the golden ratio cover a range evenly).
    /// </summary>
    public static int RouteOf(uint id, int routes) =>
        (int)(((ulong)(id * 2_654_435_769u) * (uint)routes) >> 32);

    /// <summary>Writes the digits of a route's hostname.</summary>
    public static void WriteDigits(int route, Span<byte> digits)
    {
        for (int i = Digits - 1; i >= 0; i--, route /= 10)
        {
            digits[i] = (byte)('0' + (route % 10));
        }
    }

    /// <summary>Where in a head the digits of its Host are.</summary>
    public static int FindDigits(ReadOnlySpan<byte> head)
    {
        int end = head.IndexOf(Encoding.ASCII.GetBytes(Suffix));
        int host = head.IndexOf("\r\nHost: h"u8) + "\r\nHost: h".Length;
        return end - host == Digits
            ? host
            : throw new ArgumentException("the head has no Host of a route", nameof(head));
    }
}
