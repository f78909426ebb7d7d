using System.CommandLine.Parsing;
using Serval.DataPlane;

namespace Serval.CommandLine;

/// <summary>The names of the access log's members, as <c>--access-log-fields</c> takes them.</summary>
internal static class AccessFieldNames
{
    private static readonly (string Name, AccessFields Field)[] All =
    [
        ("time", AccessFields.Time),
        ("client", AccessFields.Client),
        ("request_id", AccessFields.RequestId),
        ("method", AccessFields.Method),
        ("host", AccessFields.Host),
        ("path", AccessFields.Path),
        ("query", AccessFields.Query),
        ("protocol", AccessFields.Protocol),
        ("user_agent", AccessFields.UserAgent),
        ("referer", AccessFields.Referer),
        ("trace_id", AccessFields.TraceId),
        ("tls_version", AccessFields.TlsVersion),
        ("tls_cipher", AccessFields.TlsCipher),
        ("sni", AccessFields.ServerName),
        ("tls_resumed", AccessFields.TlsResumed),
        ("client_subject", AccessFields.ClientSubject),
        ("client_fingerprint", AccessFields.ClientFingerprint),
        ("listener", AccessFields.Listener),
        ("route", AccessFields.Route),
        ("rule", AccessFields.Rule),
        ("status", AccessFields.Status),
        ("outcome", AccessFields.Outcome),
        ("reject_reason", AccessFields.RejectReason),
        ("duration_us", AccessFields.Duration),
        ("first_byte_us", AccessFields.FirstByte),
        ("upstream_us", AccessFields.Upstream),
        ("attempts", AccessFields.Attempts),
        ("endpoint", AccessFields.Endpoint),
        ("errno", AccessFields.Errno),
        ("bytes_received", AccessFields.BytesReceived),
        ("bytes_sent", AccessFields.BytesSent),
    ];

    /// <summary>Names in the order of a line.</summary>
    public static IEnumerable<string> Names => All.Select(static one => one.Name);

    /// <summary>Reads a list of names; an error of the command line names one that is not known.</summary>
    public static AccessFields Parse(ArgumentResult result)
    {
        AccessFields fields = AccessFields.None;
        foreach (string name in result.Tokens[0].Value.Split(','))
        {
            AccessFields field = Array.Find(All, one => one.Name == name).Field;
            if (field == AccessFields.None)
            {
                string names = string.Join(", ", Names);
                result.AddError($"'{name}' is not a field of the access log. Choose from {names}.");
            }

            fields |= field;
        }

        return fields;
    }
}
