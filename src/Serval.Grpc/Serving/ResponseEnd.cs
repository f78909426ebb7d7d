using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Serval.Grpc.Wire;

namespace Serval.Grpc.Serving;

/// <summary>Writes the status of a call: in trailers, or in the headers when nothing was sent
/// before.</summary>
internal static class ResponseEnd
{
    /// <summary>A detail longer than this is cut: trailers have to fit the caller's header limit.</summary>
    private const int DetailCharsMax = 2048;

    public static void Write(
        HttpResponse response, GrpcStatus status, GrpcMetadata headers, GrpcMetadata trailers)
    {
        if (!response.HasStarted)
        {
            AddTo(response.Headers, headers);
            AddStatus((name, value) => response.Headers[name] = value, status);
            AddTo(response.Headers, trailers);
            return;
        }

        AddStatus(response.AppendTrailer, status);
        foreach (KeyValuePair<string, string> entry in trailers)
            response.AppendTrailer(entry.Key, entry.Value);
    }

    public static void AddTo(IHeaderDictionary target, GrpcMetadata metadata)
    {
        foreach (KeyValuePair<string, string> entry in metadata)
            target.Append(entry.Key, entry.Value);
    }

    private static void AddStatus(Action<string, StringValues> add, GrpcStatus status)
    {
        add(Names.Status, ((int)status.Code).ToString(CultureInfo.InvariantCulture));
        if (status.Detail.Length == 0)
            return;
        string detail = status.Detail.Length <= DetailCharsMax ? status.Detail
            : status.Detail[..DetailCharsMax] + "…";
        add(Names.Message, PercentText.Encode(detail));
    }
}
