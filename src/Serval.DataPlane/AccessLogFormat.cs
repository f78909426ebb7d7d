namespace Serval.DataPlane;

/// <summary>How a line of the access log is written.</summary>
public enum AccessLogFormat
{
    /// <summary>A JSON object.</summary>
    Json,

    /// <summary>
    /// As Apache and nginx do by that name: client, time, request line, status, bytes, referer, user agent.
    /// </summary>
    Combined,
}
