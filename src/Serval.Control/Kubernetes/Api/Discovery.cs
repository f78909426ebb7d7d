using System.Text.Json;

namespace Serval.Control.Kubernetes.Api;

/// <summary>Which kinds and versions the API server serves.</summary>
internal static class Discovery
{
    /// <summary>The first version of a kind that is served; null when none is.</summary>
    /// <exception cref="ApiException">The server did not say.</exception>
    /// <exception cref="JsonException">The answer is not of an API server.</exception>
    public static async Task<string?> FindVersionAsync(
        ApiClient api, ResourceKind kind, CancellationToken stop)
    {
        if (kind.Group.Length > 0 && !await HasGroupAsync(api, kind.Group, stop))
            return null;
        foreach (string version in kind.Versions)
        {
            string path = kind.Group.Length == 0 ? $"/api/{version}" : $"/apis/{kind.Group}/{version}";
            ApiAnswer answer = await api.GetAsync(path, stop);
            if (answer.IsSuccess && Names(answer.Body, "APIResourceList", "resources").Contains(kind.Plural))
                return version;
            if (!answer.IsSuccess && answer.Fault.Code != 404)
                throw new ApiException(answer.Fault);
        }
        return null;
    }

    private static async Task<bool> HasGroupAsync(ApiClient api, string group, CancellationToken stop)
    {
        ApiAnswer answer = await api.GetAsync("/apis", stop);
        return answer.IsSuccess
            ? Names(answer.Body, "APIGroupList", "groups").Contains(group)
            : throw new ApiException(answer.Fault);
    }

    private static HashSet<string> Names(ReadOnlyMemory<byte> body, string kind, string list)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        if (!document.RootElement.TryGetProperty("kind", out JsonElement found) || found.GetString() != kind)
            throw new JsonException($"Expected {kind}.");
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonElement item in document.RootElement.GetProperty(list).EnumerateArray())
            names.Add(item.GetProperty("name").GetString() ?? "");
        return names;
    }
}
