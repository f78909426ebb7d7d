using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Serval.DataPlane.Admin;

namespace Serval.CommandLine.Echo;

/// <summary>The JSON that tells a client what reached the upstream.</summary>
internal static class EchoAnswer
{
    /// <summary>Writes the answer; of the body also headers, for clients that do not read JSON.</summary>
    public static async Task WriteAsync(HttpContext http, ReceivedBody body)
    {
        HttpResponse response = http.Response;
        ReadOnlyMemory<byte> json = Json(http, body);
        response.ContentType = "application/json";
        response.Headers["X-Body-Bytes"] = body.Length.ToString(CultureInfo.InvariantCulture);
        response.Headers["X-Body-Sha256"] = body.Sha256;
        response.ContentLength = json.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await response.Body.WriteAsync(json, http.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Json(HttpContext http, ReceivedBody body)
    {
        HttpRequest request = http.Request;
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("servedBy", $"{http.Connection.LocalIpAddress}:{http.Connection.LocalPort}");
            json.WriteString("remote", $"{http.Connection.RemoteIpAddress}:{http.Connection.RemotePort}");
            json.WriteString("method", request.Method);
            // As it was sent: Request.Path is decoded.
            json.WriteString("target", http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            json.WriteString("path", request.Path.Value);
            json.WriteString("query", request.QueryString.Value);
            json.WriteString("protocol", request.Protocol);
            json.WriteStartObject("headers");
            foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
                json.WriteString(name.ToLowerInvariant(), values.ToString());
            json.WriteEndObject();
            WriteTrailers(json, request);
            json.WriteNumber("bodyBytes", body.Length);
            json.WriteString("bodySha256", body.Sha256);
            if (body.Text is { Length: > 0 } start)
                json.WriteString("body", start);
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        return text.WrittenMemory;
    }

    private static void WriteTrailers(Utf8JsonWriter json, HttpRequest request)
    {
        if (!request.SupportsTrailers() || !request.CheckTrailersAvailable())
            return;
        IFeatureCollection features = request.HttpContext.Features;
        IHeaderDictionary trailers = features.GetRequiredFeature<IHttpRequestTrailersFeature>().Trailers;
        if (trailers.Count == 0)
            return;
        json.WriteStartObject("trailers");
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in trailers)
            json.WriteString(name.ToLowerInvariant(), values.ToString());
        json.WriteEndObject();
    }
}
