using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serval.Config.Model;
using Serval.Config.Validating;
using Serval.Config.Wire;

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

    /// <summary>
    /// A configuration. It is written as the client reads it: as a whole it may be many MiB.
    /// </summary>
    public static Task SnapshotAsync(HttpContext http, Snapshot snapshot, CancellationToken stop)
    {
        if (http.Response.HasStarted)
            return Task.CompletedTask;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(http.Request.Method)
            ? Task.CompletedTask
            : SnapshotJson.WriteIndentedAsync(snapshot, http.Response.BodyWriter, stop);
    }

    /// <summary>An error without findings.</summary>
    public static Task ErrorAsync(HttpContext http, int status, string message, CancellationToken stop) =>
        FindingsAsync(http, status, message, [], stop);

    /// <summary>
    /// Ack (200) or nack (422) of a push, or 409 where the push is not for what is live. The member
    /// <c>code</c> of a 409 says which remedy helps.
    /// </summary>
    public static Task PushedAsync(
        HttpContext http, PushAnswer answer, string? wanted, CancellationToken stop) =>
        answer.Verdict switch
        {
            PushVerdict.OtherBase => JsonAsync(
                http, 409,
                [
                    ("error", $"Version {wanted} is not live. Push the whole snapshot."),
                    ("code", "other-base"), ("version", answer.Live),
                ],
                [], stop),
            PushVerdict.StaleTerm => JsonAsync(
                http, 409,
                [
                    ("error", $"A push of term {answer.Term} was accepted. This one is older or has none. "
                        + $"Send {PushTerm.EpochHeader} and {PushTerm.GenerationHeader}."),
                    ("code", "stale-term"), ("version", answer.Live), ("term", answer.Term.ToString()),
                ],
                [], stop),
            _ => AppliedAsync(http, answer.Result!, stop),
        };

    /// <summary>Ack (200) or nack (422) of a configuration.</summary>
    public static Task AppliedAsync(HttpContext http, ApplyResult result, CancellationToken stop) =>
        result.IsAccepted
        ? JsonAsync(http, 200, [("version", result.Version)], result.Findings, stop)
        : FindingsAsync(http, 422, "Refused. The live configuration stays.", result.Findings, stop);

    /// <summary>
    /// What became of a push of secrets: 200, with findings about pairs that cannot be used.
    /// </summary>
    public static Task SecretsTakenAsync(
        HttpContext http, ImmutableArray<Finding> findings, CancellationToken stop) =>
        JsonAsync(http, 200, [], findings, stop);

    /// <summary>
    /// Findings as they are now: a line each, the gravest first; or JSON, for whoever accepts it.
    /// </summary>
    public static Task FindingsAsync(
        HttpContext http, ImmutableArray<Finding> findings, CancellationToken stop)
    {
        findings = findings.Sort((one, other) => one.Severity.CompareTo(other.Severity));
        if (WantsJson(http))
            return JsonAsync(http, 200, [], findings, stop);
        string lines = string.Concat(findings.Select(finding => $"{finding}\n"));
        return TextAsync(http, 200, lines.Length == 0 ? "no findings\n" : lines, stop);
    }

    /// <summary>Whether the client asks for JSON where people get text.</summary>
    public static bool WantsJson(HttpContext http) =>
        http.Request.Headers.Accept.ToString().Contains("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>An error with findings.</summary>
    public static Task FindingsAsync(
        HttpContext http, int status, string message, ImmutableArray<Finding> findings,
        CancellationToken stop) =>
        JsonAsync(http, status, [("error", message)], findings, stop);

    private static Task JsonAsync(
        HttpContext http, int status, (string Name, string? Value)[] members,
        ImmutableArray<Finding> findings, CancellationToken stop)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, FindingJson.Options))
        {
            json.WriteStartObject();
            foreach ((string name, string? value) in members)
                json.WriteString(name, value);
            FindingJson.Write(json, findings);
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        return BytesAsync(http, status, "application/json", text.WrittenMemory, stop);
    }
}
