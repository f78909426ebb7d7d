namespace Serval.Common.Monitoring;

/// <summary>How a page of metrics is written.</summary>
public enum MetricsFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Prometheus,

    /// <summary>OpenMetrics text format 1.0.0.</summary>
    OpenMetrics,
}
