using System.Net.Http.Headers;

namespace Serval.Common.Monitoring;

/// <summary>Which format whoever asks for metrics wants, and how it is named.</summary>
public static class MetricsFormats
{
    private const string OpenMetricsType = "application/openmetrics-text";
    private const string OpenMetricsVersion = "1.0.0";
    private const string TextType = "text/plain";

    // Media types of an Accept header that are looked at; Prometheus sends four.
    private const int TypesMax = 16;

    /// <summary>
    /// The format for the value of an Accept header: OpenMetrics if it names that type, in version 1.0.0 or
    /// in none, and does not like plain text better. Everything else, and nothing, gets the Prometheus text
    /// format.
    /// </summary>
    public static MetricsFormat Choose(string? accept)
    {
        double openMetrics = 0;
        double text = 0;
        foreach (string part in (accept ?? "").Split(',', TypesMax, StringSplitOptions.TrimEntries))
        {
            if (!MediaTypeWithQualityHeaderValue.TryParse(part, out MediaTypeWithQualityHeaderValue? type))
                continue;
            double quality = type.Quality ?? 1;
            if (Is(type.MediaType, TextType))
                text = Math.Max(text, quality);
            else if (Is(type.MediaType, OpenMetricsType)
                && (VersionOf(type) ?? OpenMetricsVersion) == OpenMetricsVersion)
                openMetrics = Math.Max(openMetrics, quality);
        }
        return openMetrics > 0 && openMetrics >= text ? MetricsFormat.OpenMetrics : MetricsFormat.Prometheus;
    }

    /// <summary>The value of the Content-Type header.</summary>
    public static string ContentTypeOf(MetricsFormat format) => format == MetricsFormat.OpenMetrics
        ? $"{OpenMetricsType}; version={OpenMetricsVersion}; charset=utf-8"
        : $"{TextType}; version=0.0.4; charset=utf-8";

    private static string? VersionOf(MediaTypeWithQualityHeaderValue type)
    {
        foreach (NameValueHeaderValue parameter in type.Parameters)
        {
            if (Is(parameter.Name, "version"))
                return parameter.Value?.Trim('"');
        }
        return null;
    }

    private static bool Is(string? text, string expected) =>
        string.Equals(text, expected, StringComparison.OrdinalIgnoreCase);
}
