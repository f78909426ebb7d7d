using System.Text.Json;

namespace Serval.Control.Kubernetes.Resources;

/// <summary>
/// A filter of a rule or of a backend reference; <see cref="Type"/> says which member counts.
/// </summary>
internal sealed record RouteFilter
{
    public required string Type { get; init; }

    public HeaderModifier? RequestHeaderModifier { get; init; }

    public HeaderModifier? ResponseHeaderModifier { get; init; }

    public RequestRedirect? RequestRedirect { get; init; }

    public UrlRewrite? UrlRewrite { get; init; }

    public RequestMirror? RequestMirror { get; init; }

    public CorsPolicy? Cors { get; init; }

    public JsonElement? ExtensionRef { get; init; }

    public JsonElement? ExternalAuth { get; init; }
}
