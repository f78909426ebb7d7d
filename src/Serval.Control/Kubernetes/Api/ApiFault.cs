using System.Net;
using System.Text.Json;

namespace Serval.Control.Kubernetes.Api;

/// <summary>Why the API server refused: its <c>Status</c> object, or what HTTP says.</summary>
/// <param name="Code">HTTP status code, also in frames of a watch.</param>
/// <param name="Reason">A word of Kubernetes such as <c>Expired</c>; empty when the body has none.</param>
/// <param name="Message">For people.</param>
/// <param name="RetryAfter">How long the server asks to wait; null when it does not say.</param>
internal sealed record ApiFault(int Code, string Reason, string Message, TimeSpan? RetryAfter)
{
    private const string ResourceVersionTooLarge = "ResourceVersionTooLarge";

    /// <summary>The requested resource version is no longer kept: list again.</summary>
    public bool IsExpired => Code == (int)HttpStatusCode.Gone || Reason is "Expired" or "Gone";

    /// <summary>The requested resource version lies ahead of what this server has seen.</summary>
    public bool IsTooLarge { get; private init; }

    /// <summary>Reads a <c>Status</c> object; a body of another form leaves what HTTP says.</summary>
    public static ApiFault Read(HttpStatusCode status, ReadOnlySpan<byte> body, TimeSpan? retryAfter)
    {
        ApiStatus? read = null;
        try
        {
            read = JsonSerializer.Deserialize(body, ApiJson.Default.ApiStatus);
        }
        catch (JsonException)
        {
            // A proxy in between answers in its own words.
        }
        return Of(read, (int)status, retryAfter);
    }

    /// <summary>The fault of a <c>Status</c> object.</summary>
    public static ApiFault Of(ApiStatus? status, int code, TimeSpan? retryAfter)
    {
        TimeSpan? seconds = status?.Details?.RetryAfterSeconds is > 0 and int given
            ? TimeSpan.FromMilliseconds(Math.Min(given * 1_000L, KubernetesLimits.RetryAfterMaxMs))
            : null;
        return new ApiFault(
            status?.Code is > 0 and int stated ? stated : code,
            status?.Reason ?? "",
            status?.Message ?? $"HTTP status {code}",
            retryAfter ?? seconds)
        {
            IsTooLarge = status?.Details?.Causes?.Any(cause =>
                cause.Reason == ResourceVersionTooLarge) == true,
        };
    }

    /// <summary>One line for logs.</summary>
    public override string ToString() => Reason.Length == 0 ? $"{Code}: {Message}"
        : $"{Code} {Reason}: {Message}";
}
