namespace Serval.Control.Kubernetes.Resources;

/// <summary>HTTPCORSFilter.</summary>
internal sealed record CorsPolicy
{
    public IReadOnlyList<string> AllowOrigins { get; init => field = value ?? []; } = [];

    public bool? AllowCredentials { get; init; }

    public IReadOnlyList<string> AllowMethods { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> AllowHeaders { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> ExposeHeaders { get; init => field = value ?? []; } = [];

    public int? MaxAge { get; init; }
}
