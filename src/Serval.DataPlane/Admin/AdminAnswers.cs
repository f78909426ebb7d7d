using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serval.Config.Validating;

namespace Serval.DataPlane.Admin;

/// <summary>The shapes in which the admin API answers.</summary>
internal static class AdminAnswers
{
    /// <summary>Plain text.</summary>
    public static Task TextAsync(HttpContext http, int status, string text, CancellationToken stop) =>
        BytesAsync(http, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text), stop);

    /// <summary>Any bytes.</summary>
    public static Task BytesAsync(
        HttpContext http, int status, string type, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        if (http.Response.HasStarted)
            return Task.CompletedTask;
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        http.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : http.Response.Body.WriteAsync(body, stop).AsTask();
    }

    /// <summary>An error without findings.</summary>
    public static Task ErrorAsync(HttpContext http, int status, string message, CancellationToken stop) =>
        FindingsAsync(http, status, message, [], stop);

    /// <summary>Ack (200) or nack (422) of a configuration.</summary>
    public static Task AppliedAsync(HttpContext http, ApplyResult result, CancellationToken stop) =>
        result.IsAccepted
        ? JsonAsync(http, 200, ("version", result.Version), result.Findings, stop)
        : FindingsAsync(http, 422, "Refused; what was live stays live.", result.Findings, stop);

    /// <summary>An error with findings.</summary>
    public static Task FindingsAsync(
        HttpContext http, int status, string message, ImmutableArray<Finding> findings,
        CancellationToken stop) =>
        JsonAsync(http, status, ("error", message), findings, stop);

    private static Task JsonAsync(
        HttpContext http, int status, (string Name, string? Value) first, ImmutableArray<Finding> findings,
        CancellationToken stop)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            json.WriteString(first.Name, first.Value);
            FindingJson.Write(json, findings);
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        return BytesAsync(http, status, "application/json", text.WrittenMemory, stop);
    }
}
